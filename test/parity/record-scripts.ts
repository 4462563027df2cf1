/**
 * Records what real systems answer to the scripts of `scripts/`, each from a clean state: a container of its own, or a
 * virtual machine that goes back to a snapshot. `npm run record:scripts -- container-debian-12 [FAMILY…]`; what is
 * recorded already is left out, unless `--again` is given. Each answer is kept as soon as it is there.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { readRelease } from '../../containers/release.ts'
import {
  type Environment,
  type FamilyRecording,
  families,
  formatRecording,
  type PartAnswer,
  readRecording,
  recordingUrl,
  type Script,
  scriptsOf,
} from './scripts.ts'
import { openSubjects, type Subjects } from './scripts-subjects.ts'

const PACKAGES = [
  'bash',
  'containerd',
  'coreutils',
  'dash',
  'kmod',
  'linux-image-cloud-amd64',
  'mawk',
  'mount',
  'procps',
  'sed',
  'sudo',
  'systemd',
]

const again = process.argv.includes('--again')
const [environment, ...chosen] = process.argv.slice(2).filter(word => !word.startsWith('--'))
if (!isEnvironment(environment))
  throw new Error('usage: record:scripts -- (container|vm)-RELEASE [FAMILY...]')

function isEnvironment(word: string | undefined): word is Environment {
  return (
    word !== undefined &&
    /^(container|vm)-/.test(word) &&
    readRelease(word.replace(/^\w+-/, '')) !== undefined
  )
}

function keep(family: string, recording: FamilyRecording): void {
  const url = recordingUrl(family, environment as Environment)
  mkdirSync(new URL('.', url), { recursive: true })
  writeFileSync(url, formatRecording(recording))
}

async function packagesOf(subjects: Subjects): Promise<readonly string[]> {
  const answer = await subjects.ask([
    'dpkg-query',
    '-W',
    '-f',
    '${db:Status-Abbrev}${Package} ${Version}\n',
    ...PACKAGES,
  ])
  return answer
    .split('\n')
    .filter(line => line.startsWith('ii '))
    .map(line => line.slice(3))
}

async function recordFamily(family: string, subjects: Subjects): Promise<void> {
  const wanted = scriptsOf(family, environment as Environment)
  const known = readRecording(family, environment as Environment)
  const packages = await packagesOf(subjects)
  const isSame = known?.packages.join() === packages.join()
  const answers = new Map<string, readonly PartAnswer[]>()
  for (const { title, digest } of wanted) {
    const old = known?.scripts.get(title)
    if (!again && isSame && old?.digest === digest) answers.set(title, old.answers)
  }
  const recording = (): FamilyRecording => ({
    packages,
    scripts: new Map(
      wanted.flatMap(({ title, digest }) => {
        const answer = answers.get(title)
        return answer === undefined ? [] : [[title, { digest, answers: answer }] as const]
      }),
    ),
  })
  for (const [index, script] of wanted.entries()) {
    if (answers.has(script.title)) continue
    process.stderr.write(`${environment} ${family} ${index + 1}/${wanted.length} ${script.title}\n`)
    answers.set(script.title, await answersOf(script, subjects))
    keep(family, recording())
  }
}

async function answersOf(script: Script, subjects: Subjects): Promise<readonly PartAnswer[]> {
  const subject = await subjects.fresh()
  try {
    const answers: PartAnswer[] = []
    for (const [index, part] of script.parts.entries()) {
      if (index > 0) await subject.reboot()
      answers.push(await subject.run(script, part))
    }
    return answers
  } finally {
    await subject.end()
  }
}

const subjects = await openSubjects(environment)
try {
  for (const family of chosen.length > 0 ? chosen : families()) await recordFamily(family, subjects)
} finally {
  await subjects.close()
}
