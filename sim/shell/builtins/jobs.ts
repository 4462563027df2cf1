import type { Builtin } from './builtin.ts'

/** `jobs -p`: pids of the jobs that run; what each is called is not kept. */
export const jobs: Builtin = {
  run(shell, argv) {
    if (argv[1] !== '-p' && shell.jobs.running.length > 0) throw shell.unsimulated('jobs')
    for (const child of shell.jobs.running) shell.process.print(`${child.pid}\n`)
    return 0
  },
}

/** `disown`: the jobs are no longer the shell's. */
export const disown: Builtin = {
  run(shell, argv) {
    const pids =
      argv.length > 1
        ? argv
            .slice(1)
            .filter(word => /^\d+$/.test(word))
            .map(Number)
        : shell.jobs.pids
    for (const pid of pids) shell.jobs.forget(pid)
    return 0
  },
}
