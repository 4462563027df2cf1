/**
 * One table of errno: name, number and the text that glibc's strerror(3) gives on x86-64 Linux.
 * Programs speak; the kernel only returns codes.
 */
export const ERRNO = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  E2BIG: [7, 'Argument list too long'],
  ENOEXEC: [8, 'Exec format error'],
  EBADF: [9, 'Bad file descriptor'],
  ECHILD: [10, 'No child processes'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EFAULT: [14, 'Bad address'],
  ENOTBLK: [15, 'Block device required'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  ENFILE: [23, 'Too many open files in system'],
  EMFILE: [24, 'Too many open files'],
  ENOTTY: [25, 'Inappropriate ioctl for device'],
  ETXTBSY: [26, 'Text file busy'],
  EFBIG: [27, 'File too large'],
  ENOSPC: [28, 'No space left on device'],
  ESPIPE: [29, 'Illegal seek'],
  EROFS: [30, 'Read-only file system'],
  EMLINK: [31, 'Too many links'],
  EPIPE: [32, 'Broken pipe'],
  EDOM: [33, 'Numerical argument out of domain'],
  ERANGE: [34, 'Numerical result out of range'],
  EDEADLK: [35, 'Resource deadlock avoided'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOLCK: [37, 'No locks available'],
  ENOSYS: [38, 'Function not implemented'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  ENODATA: [61, 'No data available'],
  EOVERFLOW: [75, 'Value too large for defined data type'],
  ENOTSUP: [95, 'Operation not supported'],
  ECONNREFUSED: [111, 'Connection refused'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ESTALE: [116, 'Stale file handle'],
  EDQUOT: [122, 'Disk quota exceeded'],
  EKEYREJECTED: [129, 'Key was rejected by service'],
  ENOKEY: [126, 'Required key not available'],
} as const satisfies Record<string, readonly [number: number, text: string]>

export type ErrnoName = keyof typeof ERRNO

/** The sentence of strerror(3), as the C locale has it. */
export const strerror = (errno: ErrnoName): string => ERRNO[errno][1]

/** The number that the system call returns, negated, to its caller. */
export const errnoNumber = (errno: ErrnoName): number => ERRNO[errno][0]

const byText = new Map<string, ErrnoName>(
  (Object.keys(ERRNO) as ErrnoName[]).map(name => [strerror(name), name]),
)

/** The errno whose sentence stands in a message of a program that ran in the C locale, if any does. */
export function errnoInMessage(message: string): ErrnoName | undefined {
  let found: { at: number; errno: ErrnoName } | undefined
  for (const [text, errno] of byText) {
    const at = message.lastIndexOf(text)
    if (at >= 0 && (found === undefined || at > found.at)) found = { at, errno }
  }
  return found?.errno
}

/**
 * A system call of the simulated kernel that was refused. Programs run into one all the time, so it carries a code and
 * no stack: it is no `Error`, and never meant for a person.
 */
export class KernelError {
  readonly errno: ErrnoName

  constructor(errno: ErrnoName) {
    this.errno = errno
  }
}
