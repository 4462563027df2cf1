import { KernelError } from '../../../src/host/errno.ts'
import { concatBytes, decodeText } from '../../../src/host/surrogate-escape.ts'
import type { Blocking } from '../../scheduler.ts'
import { assignElement } from '../expand.ts'
import { assignWords, QUOTED } from '../read-fields.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

const USAGE =
  'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]'

/** `read`: one byte at a time, so that what follows the line is left for others. */
export const read: Builtin = {
  *run(shell, argv) {
    const { letters, values, operands, invalid } = parseLetters(
      argv.slice(1),
      shell.isBash ? 'ersa:d:i:n:N:p:t:u:' : 'rp:',
    )
    if (invalid !== undefined) return invalidOption(shell, 'read', invalid, USAGE)
    const [name] = operands
    if (name === undefined && !shell.isBash) return shell.fail('arg count')
    for (const operand of operands)
      if (!isName(operand.replace(/\[.*\]$/, '')))
        return failure(shell, 'read', `\`${operand}': not a valid identifier`)
    const line = yield* readLine(shell, {
      fd: Number(values.get('u') ?? 0),
      delimiter: values.has('d') ? (values.get('d') ?? '').slice(0, 1) || '\0' : '\n',
      isRaw: letters.has('r'),
      maxChars: Number(values.get('N') ?? values.get('n') ?? Number.POSITIVE_INFINITY),
      isExact: letters.has('N'),
      timeoutSeconds: values.has('t') ? Number(values.get('t')) : undefined,
    })
    const array = values.get('a')
    if (array !== undefined) yield* assignWords(shell, line, { names: [], array })
    else if (name === undefined)
      yield* assignElement(shell, { name: 'REPLY', subscript: undefined }, unmark(line.text))
    else if (letters.has('N')) yield* assignElement(shell, { name, subscript: undefined }, unmark(line.text))
    else yield* assignWords(shell, line, { names: operands })
    return line.status
  },
}

const unmark = (text: string): string => text.replaceAll(QUOTED, '')

export interface Line {
  readonly text: string
  /** 0, or 1 at end of file, or more than 128 when the time was up. */
  readonly status: number
}

interface LineOptions {
  readonly fd: number
  readonly delimiter: string
  readonly isRaw: boolean
  readonly maxChars: number
  readonly isExact: boolean
  readonly timeoutSeconds: number | undefined
}

const TIMED_OUT = 142

function* readLine(shell: Shell, options: LineOptions): Blocking<Line> {
  const { process } = shell
  const { fd, delimiter, isRaw } = options
  const deadlineNs =
    options.timeoutSeconds === undefined
      ? undefined
      : process.clock.monotonicNs + options.timeoutSeconds * 1e9
  let text = ''
  let count = 0
  while (count < options.maxChars) {
    const char = yield* readChar(shell, fd, deadlineNs)
    if (char === 'timeout') return { text, status: TIMED_OUT }
    if (char === undefined) return { text, status: 1 }
    if (char === delimiter && !options.isExact) return { text, status: 0 }
    if (char === '\0') continue
    count++
    if (char !== '\\' || isRaw) {
      text += char
      continue
    }
    const next = yield* readChar(shell, fd, deadlineNs)
    if (next !== undefined && next !== 'timeout' && next !== '\n') text += QUOTED + next
  }
  return { text, status: 0 }
}

/** One character of UTF-8, or a byte that is none; undefined at end of file. */
function* readChar(
  shell: Shell,
  fd: number,
  deadlineNs: number | undefined,
): Blocking<string | undefined | 'timeout'> {
  const file = shell.process.files.get(fd)
  if (file === undefined) throw new KernelError('EBADF')
  const bytes: Uint8Array[] = []
  for (;;) {
    if (!file.isReadable() && deadlineNs !== undefined) {
      if (shell.process.clock.monotonicNs >= deadlineNs) return 'timeout'
      yield { isReady: () => file.isReadable(), wakeAtNs: deadlineNs }
      continue
    }
    const byte = yield* shell.process.read(fd, 1)
    if (byte.length === 0) return bytes.length === 0 ? undefined : decodeText(concatBytes(bytes))
    bytes.push(byte)
    const first = bytes[0]?.[0] ?? 0
    const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
    if (bytes.length >= wanted) return decodeText(concatBytes(bytes))
  }
}
