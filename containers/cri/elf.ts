/**
 * The smallest program that a sandbox can run: it waits for a signal for ever, and ends when one comes. Written byte by
 * byte, since a machine that runs tests need not have a compiler; the layout is elf(5).
 */
export function pauseProgram(): Buffer {
  const size = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES + CODE.length
  return Buffer.concat([elfHeader(), programHeader(size), CODE])
}

const ELF_HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56
/** Where position-dependent programs are loaded on x86-64. */
const LOAD_ADDRESS = 0x400000

/**
 * rt_sigaction(2) would be long-winded: as PID 1 of its namespace the program gets no signal that it has no handler
 * for, and SIGKILL, with which a runtime ends it in the end, needs none.
 */
const CODE = Buffer.from([
  // again: mov eax, 34 (SYS_pause, arch/x86/entry/syscalls/syscall_64.tbl)
  0xb8, 0x22, 0x00, 0x00, 0x00,
  // syscall
  0x0f, 0x05,
  // jmp again
  0xeb, 0xf7,
])

function elfHeader(): Buffer {
  const header = Buffer.alloc(ELF_HEADER_BYTES)
  header.write('\x7fELF', 'latin1')
  header.set([2, 1, 1], 4) // ELFCLASS64, ELFDATA2LSB, EV_CURRENT
  header.writeUInt16LE(2, 16) // e_type: ET_EXEC
  header.writeUInt16LE(62, 18) // e_machine: EM_X86_64
  header.writeUInt32LE(1, 20) // e_version
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES), 24) // e_entry
  header.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32) // e_phoff
  header.writeUInt16LE(ELF_HEADER_BYTES, 52) // e_ehsize
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54) // e_phentsize
  header.writeUInt16LE(1, 56) // e_phnum
  return header
}

function programHeader(size: number): Buffer {
  const header = Buffer.alloc(PROGRAM_HEADER_BYTES)
  header.writeUInt32LE(1, 0) // p_type: PT_LOAD
  header.writeUInt32LE(5, 4) // p_flags: PF_R | PF_X
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 16) // p_vaddr
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 24) // p_paddr
  header.writeBigUInt64LE(BigInt(size), 32) // p_filesz
  header.writeBigUInt64LE(BigInt(size), 40) // p_memsz
  header.writeBigUInt64LE(0x1000n, 48) // p_align
  return header
}
