import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mark, unmark } from './marked-streams.ts'

/** A provisioning script of ours: one file a part, with a reboot between two parts. */
export interface Script {
  readonly title: string
  readonly shell: 'bash' | 'sh'
  /** The one kind of environment that it makes sense in; default: both. */
  readonly only?: 'vm' | 'container'
  readonly parts: readonly string[]
  /** Of all the above: tells a recording of what the script was before. */
  readonly digest: string
}

/** What came of one part. */
export interface PartAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface ScriptRecording {
  readonly digest: string
  readonly answers: readonly PartAnswer[]
}

/** The recordings of one family of scripts in one environment. */
export interface FamilyRecording {
  /** `kmod 30+20221128-1`: what the answers depend on. */
  readonly packages: readonly string[]
  readonly scripts: ReadonlyMap<string, ScriptRecording>
}

/** `container-debian-12`, `vm-debian-12`: where scripts are recorded. */
export type Environment = `${'container' | 'vm'}-${string}`

export const SCRIPT_PATH = '/root/script'

/** How a part is run, on both arms: as a root without a terminal that has nothing in its environment but this. */
export const argvOf = ({ shell }: Script): readonly [string, ...string[]] => [
  'env',
  '-i',
  '-C',
  '/root',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LC_ALL=C',
  'HOME=/root',
  'USER=root',
  'LOGNAME=root',
  shell,
  SCRIPT_PATH,
]

const scripts = new URL('scripts/', import.meta.url)

/** The families: one file of scripts each. */
export const families = (): readonly string[] =>
  readdirSync(scripts)
    .filter(name => name.endsWith('.txt'))
    .map(name => name.slice(0, -4))
    .sort()

/** A piece of a file of scripts: a line `#### title | option…`, then the text. */
export interface Section {
  readonly title: string
  readonly options: readonly string[]
  readonly text: string
}

/** The pieces of a file of scripts. */
export const sectionsOf = (file: string): readonly Section[] =>
  file
    .split(/^#### /m)
    .slice(1)
    .map(section => {
      const [head = '', ...lines] = section.split('\n')
      const [title = '', ...options] = head.split(' | ')
      return { title, options, text: lines.join('\n') }
    })

/** The scripts of a family; `#==== reboot` stands between two parts. */
export const readFamily = (family: string): readonly Script[] =>
  sectionsOf(readFileSync(new URL(`${family}.txt`, scripts), 'utf8')).map(parseScript)

function parseScript({ title, options, text }: Section): Script {
  const unknown = options.find(option => !['sh', 'only=vm', 'only=container'].includes(option))
  if (unknown !== undefined) throw new Error(`${title}: no such option of a script: ${unknown}`)
  const only = options.find(option => option.startsWith('only='))?.slice('only='.length)
  const shell = options.includes('sh') ? 'sh' : 'bash'
  return {
    title,
    shell,
    ...(only === 'vm' || only === 'container' ? { only } : {}),
    parts: text.split(/^#==== reboot\n/m),
    digest: createHash('sha256').update(`${shell}\n${text}`).digest('hex').slice(0, 16),
  }
}

/** Those of a family that an environment runs. */
export const scriptsOf = (family: string, environment: Environment): readonly Script[] =>
  readFamily(family).filter(({ only }) => only === undefined || environment.startsWith(`${only}-`))

export const recordingUrl = (family: string, environment: Environment): URL =>
  new URL(`recorded/scripts/${environment}/${family}.txt`, import.meta.url)

/** What was recorded of a family; undefined where nothing was. */
export function readRecording(family: string, environment: Environment): FamilyRecording | undefined {
  const url = recordingUrl(family, environment)
  if (!existsSync(url)) return undefined
  const [head = '', ...sections] = readFileSync(url, 'utf8').split(/^#### /m)
  const packages = [...head.matchAll(/^# (.*)$/gm)].map(([, name]) => name ?? '')
  return { packages, scripts: new Map(sections.map(parseSection)) }
}

function parseSection(section: string): [string, ScriptRecording] {
  const [head = '', ...parts] = section.split(/^---- /m)
  const [title = '', digest = ''] = head.split('\n')
  return [title, { digest: digest.replace(/^script /, ''), answers: parts.map(parsePart) }]
}

function parsePart(part: string): PartAnswer {
  const [head = '', ...lines] = part.split('\n')
  return {
    stdout: unmark(lines, 'out'),
    stderr: unmark(lines, 'err'),
    exitCode: Number(head.replace(/^exit /, '')),
  }
}

/** A recording as text that a person can read and diff; `~` ends a stream that does not end its last line. */
export function formatRecording({ packages, scripts }: FamilyRecording): string {
  const head = packages.map(name => `# ${name}\n`).join('')
  const sections = [...scripts].map(
    ([title, { digest, answers }]) =>
      `#### ${title}\nscript ${digest}\n${answers.map(formatAnswer).join('')}`,
  )
  return `${head}\n${sections.join('\n')}`
}

/** One answer as it stands in a recording. */
export const formatAnswer = ({ stdout, stderr, exitCode }: PartAnswer): string =>
  `---- exit ${exitCode}\n${mark(withoutTimes(stdout), 'out')}${mark(withoutTimes(stderr), 'err')}`

/** Programs of containerd put the time before each line that they log. */
const withoutTimes = (text: string): string => text.replace(/^time="[^"]*"/gm, 'time=TIME')
