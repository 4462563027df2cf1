import { type Builtin, invalidOption, parseLetters } from './builtin.ts'

/** setrlimit(2) defaults of a service of systemd 252, which is what a login has, too. */
const OPEN_FILES = { soft: '1024', hard: '524288' }

/** `ulimit`: limits are not kept, so only those of open files can be asked for. */
export const ulimit: Builtin = {
  run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), 'SHabcdefiklmnpqrstuvxPRT')
    if (invalid !== undefined)
      return invalidOption(shell, 'ulimit', invalid, 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]')
    if (!letters.has('n') || operands.length > 0) throw shell.unsimulated(argv.join(' '))
    shell.process.print(`${letters.has('H') ? OPEN_FILES.hard : OPEN_FILES.soft}\n`)
    return 0
  },
}
