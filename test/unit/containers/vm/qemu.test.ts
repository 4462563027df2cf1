import { expect, test } from 'vitest'
import { majorVersion, qemuArguments } from '../../../../containers/vm/qemu.ts'

test('QEMU’s version is read from its own words', () => {
  expect(majorVersion('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003-2022\n')).toBe(
    7,
  )
  expect(majorVersion('QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\n')).toBe(10)
  expect(majorVersion('')).toBe(0)
})

test('a machine has no network, names no folder of ours for its sockets, and adds the words for its kernel', () => {
  const argv = qemuArguments({
    name: 'one',
    accelerator: 'tcg',
    cpus: 1,
    kernel: '/k/vmlinuz',
    initrd: '/k/initrd',
    cmdline: ['systemd.unified_cgroup_hierarchy=0'],
  })
  const after = (option: string): string[] =>
    argv.flatMap((word, at) => (argv[at - 1] === option ? [word] : []))
  expect(after('-nic')).toEqual(['none'])
  expect([after('-accel'), after('-smp')]).toEqual([['tcg'], ['1']])
  expect(after('-append')).toEqual([
    'root=/dev/vda rw console=ttyS0 no_timer_check systemd.unified_cgroup_hierarchy=0',
  ])
  expect(after('-qmp')).toEqual(['unix:qmp,server=on,wait=off'])
  expect(argv.filter(word => word.includes('/'))).toEqual(['/k/vmlinuz', '/k/initrd', ...after('-append')])
})
