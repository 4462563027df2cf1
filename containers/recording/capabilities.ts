/** In the order of their bits: include/uapi/linux/capability.h. */
const NAMES = `chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable
  net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace
  sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control
  setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`.split(
  /\s+/,
)

/** The capabilities of a mask as /proc/PID/status has it: `cap_chown`, by bit. */
export function capabilityNames(hex: string): string[] {
  const mask = BigInt(`0x${hex}`)
  if (mask >> BigInt(NAMES.length) !== 0n) throw new Error(`a capability without a name in ${hex}`)
  return NAMES.filter((_, bit) => (mask >> BigInt(bit)) & 1n).map(name => `cap_${name}`)
}
