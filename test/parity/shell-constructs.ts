import { readdirSync, readFileSync } from 'node:fs'
import { mark, unmark } from './marked-streams.ts'

/** A piece of shell, written by hand, and the ways in which it is run. */
export interface Construct {
  readonly title: string
  readonly script: string
  /** `bash -s one`, `sh -c`, `bash FILE`: how the script is handed over, with its arguments. */
  readonly invocations: readonly string[]
}

/** What came of one construct run one way. */
export interface Answer {
  readonly invocation: string
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export const SCRIPT_PATH = '/tmp/script'

/** Where the scripts run, and with what environment, on both arms. */
export const CWD = '/root'
export const ENV: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  HOME: '/root',
}

const scripts = new URL('shell/', import.meta.url)
const recorded = new URL('recorded/shell/', import.meta.url)

/** The topics: one file of constructs each. */
export const topics = (): readonly string[] =>
  readdirSync(scripts)
    .filter(name => name.endsWith('.txt'))
    .map(name => name.slice(0, -4))
    .sort()

/** The constructs of a topic: a line `#### title | invocation | invocation …`, then the script. */
export function readConstructs(topic: string): readonly Construct[] {
  return readFileSync(new URL(`${topic}.txt`, scripts), 'utf8')
    .split(/^#### /m)
    .slice(1)
    .map(section => {
      const [head = '', ...lines] = section.split('\n')
      const [title = '', ...invocations] = head.split(' | ')
      return { title, invocations, script: lines.join('\n') }
    })
}

/** The releases whose shells and programs were asked. */
export const RELEASES = ['debian-11', 'debian-12', 'debian-13', 'debian-14'] as const
export type Release = (typeof RELEASES)[number]

/** Where the answers of a release to a topic lie. */
export const recordingUrl = (topic: string, release: Release): URL =>
  new URL(`${release}/${topic}.txt`, recorded)

/** The recorded answers of a topic, by construct and invocation. */
export function readAnswers(topic: string, release: Release): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>()
  for (const section of readFileSync(recordingUrl(topic, release), 'utf8')
    .split(/^#### /m)
    .slice(1)) {
    const [title = '', ...runs] = section.split(/\n\$ /)
    for (const run of runs) {
      const [invocation = '', ...lines] = run.split('\n')
      const exit = lines.find(line => line.startsWith('exit '))
      answers.set(answerKey(title, invocation), {
        invocation,
        stdout: unmark(lines, 'out'),
        stderr: unmark(lines, 'err'),
        exitCode: Number(exit?.slice('exit '.length)),
      })
    }
  }
  return answers
}

export const answerKey = (title: string, invocation: string): string => `${title} | ${invocation}`

/** A topic's recording: text that a person can read and diff. `~` ends a stream that does not end its last line. */
export const formatAnswers = (sections: readonly { title: string; answers: readonly Answer[] }[]): string =>
  sections.map(({ title, answers }) => `#### ${title}\n${answers.map(formatAnswer).join('')}`).join('\n')

const formatAnswer = ({ invocation, stdout, stderr, exitCode }: Answer): string =>
  `$ ${invocation}\n${mark(stdout, 'out')}${mark(stderr, 'err')}exit ${exitCode}\n`

/** The argv and standard input of an invocation. */
export function invoke(
  invocation: string,
  script: string,
): { readonly argv: readonly string[]; readonly stdin: string } {
  const words = [...invocation.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  if (words.includes('FILE'))
    return { argv: words.map(word => (word === 'FILE' ? SCRIPT_PATH : word)), stdin: '' }
  const at = words.indexOf('-c')
  if (at < 0) return { argv: words, stdin: script }
  return { argv: [...words.slice(0, at + 1), script, ...words.slice(at + 1)], stdin: '' }
}

/** What differs from run to run on a real system: process ids in what a shell tells of its dead jobs. */
export const withoutPids = (text: string): string =>
  text.replace(/ *\d+( +(?:Killed|Terminated|Hangup|Aborted|Done)\b)/g, ' PID$1')
