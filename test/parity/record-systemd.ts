/**
 * Records what systemd of a real Debian says to `recorded/systemd/cases.yaml`: each case in a container, or in a virtual
 * machine, that was just started. `npm run record:systemd`, with `-- --vm` for the machine's and `-- --release=debian-13`
 * for another release than Debian 12.
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { Finished } from '../../containers/command.ts'
import { startContainer } from '../../containers/start.ts'
import { startVm } from '../../containers/vm/start.ts'
import {
  argvOf,
  type FileChanges,
  normalized,
  pauseOf,
  recordingUrl,
  type SystemdAnswer,
  type SystemdCase,
  systemdCases,
} from './systemd-cases.ts'

interface Subject {
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
  end(): Promise<void>
}

const isVm = process.argv.includes('--vm')
const release = option('release') ?? 'debian-12'
const environment = `${isVm ? 'vm' : 'container'}-${release}`
const only = option('only')

function option(name: string): string | undefined {
  return process.argv.find(argument => argument.startsWith(`--${name}=`))?.slice(`--${name}=`.length)
}

async function startSubject(): Promise<Subject> {
  if (isVm) {
    const vm = await startVm(release)
    return { exec: (argv, stdin) => vm.exec(['env', 'LC_ALL=C', ...argv], stdin), end: () => vm.stop() }
  }
  const container = await startContainer(release)
  return { exec: (argv, stdin) => container.exec(argv, stdin), end: () => container.stop() }
}

async function must(subject: Subject, argv: readonly string[], stdin?: Uint8Array): Promise<string> {
  const { exitCode, stdout, stderr } = await subject.exec(argv, stdin)
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return String(stdout)
}

async function change(subject: Subject, { write = {}, link = {}, remove }: FileChanges): Promise<void> {
  for (const path of [...Object.keys(write), ...Object.keys(link)])
    await must(subject, ['mkdir', '-p', path.slice(0, path.lastIndexOf('/'))])
  for (const [path, content] of Object.entries(write))
    await must(subject, ['tee', path], Buffer.from(content))
  for (const [path, target] of Object.entries(link)) await must(subject, ['ln', '-s', target, path])
  if (remove !== undefined) await must(subject, ['rm', remove])
}

/** journald takes what it is sent in its own time: what reads the journal waits for that. */
async function answer(subject: Subject, step: string): Promise<SystemdAnswer> {
  if (/journalctl|status/.test(step)) await must(subject, ['journalctl', '--sync'])
  const { exitCode, stdout, stderr } = await subject.exec(argvOf(step))
  return {
    step,
    exitCode,
    stdout: normalized(String(stdout), step),
    stderr: normalized(String(stderr), step),
  }
}

async function recordCase(one: SystemdCase): Promise<readonly SystemdAnswer[]> {
  const subject = await startSubject()
  try {
    await change(subject, one)
    const answers: SystemdAnswer[] = []
    for (const step of one.steps) {
      const pause = typeof step === 'string' ? pauseOf(step) : undefined
      if (pause !== undefined) await delay(pause * 1000)
      else if (typeof step === 'string') answers.push(await answer(subject, step))
      else await change(subject, step)
    }
    return answers
  } finally {
    await subject.end()
  }
}

const packages = await (async () => {
  const subject = await startSubject()
  try {
    return (await must(subject, ['dpkg-query', '-W', '-f', '${Package} ${Version}\n', 'systemd']))
      .trim()
      .split('\n')
  } finally {
    await subject.end()
  }
})()
const cases: { case: string; answers: readonly SystemdAnswer[] }[] = []
for (const one of systemdCases(environment)) {
  if (only !== undefined && one.case !== only) continue
  process.stderr.write(`${one.case}\n`)
  cases.push({ case: one.case, answers: await recordCase(one) })
}
const text = stringify({ environment, packages, cases }, { lineWidth: 0 })
if (only === undefined) writeFileSync(recordingUrl(environment), text)
else process.stdout.write(text)
