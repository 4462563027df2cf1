import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** Files and links that are put there, and files that are taken away, before anything is asked. */
export interface FileChanges {
  readonly write?: Readonly<Record<string, string>>
  readonly link?: Readonly<Record<string, string>>
  readonly remove?: string
}

/** A command line, or a change of files between two of them; `sleep 0.5` lets time pass. */
export type SystemdStep = string | FileChanges

export interface SystemdCase extends FileChanges {
  readonly case: string
  /** In which kinds of environment it is recorded; default: containers. */
  readonly in?: readonly ('container' | 'vm')[]
  readonly steps: readonly SystemdStep[]
}

/** What a real system said to one command line, normalised. */
export interface SystemdAnswer {
  readonly step: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface SystemdRecording {
  readonly environment: string
  readonly packages: readonly string[]
  readonly cases: readonly { readonly case: string; readonly answers: readonly SystemdAnswer[] }[]
}

export const recordingUrl = (environment: string): URL =>
  new URL(`recorded/systemd/${environment}.yaml`, import.meta.url)

/** The cases of one environment (`container-debian-12`), in their order. */
export function systemdCases(environment: string): readonly SystemdCase[] {
  const all: readonly SystemdCase[] = parse(
    readFileSync(new URL('recorded/systemd/cases.yaml', import.meta.url), 'utf8'),
  )
  return all.filter(one => (one.in ?? ['container']).some(kind => environment.startsWith(`${kind}-`)))
}

/** What an environment said; normalised again, by the rules that there are now. */
export function readRecording(environment: string): SystemdRecording {
  const recording: SystemdRecording = parse(readFileSync(recordingUrl(environment), 'utf8'))
  const cases = recording.cases.map(one => ({ ...one, answers: one.answers.map(normalizedAnswer) }))
  return { ...recording, cases }
}

const normalizedAnswer = (answer: SystemdAnswer): SystemdAnswer => ({
  ...answer,
  stdout: normalized(answer.stdout, answer.step),
  stderr: normalized(answer.stderr, answer.step),
})

/** Words of a step: quotes keep spaces, nothing else is special. */
export function argvOf(step: string): readonly [string, ...string[]] {
  const [program = '', ...rest] = step.match(/(?:"[^"]*"|[^\s"])+/g) ?? []
  return [program, ...rest.map(word => word.replaceAll('"', ''))]
}

/** Seconds that a `sleep` step lets pass; undefined for a command. */
export function pauseOf(step: string): number | undefined {
  const seconds = /^sleep ([\d.]+)$/.exec(step)?.[1]
  return seconds === undefined ? undefined : Number(seconds)
}

/** What two runs on one system do not have in common, each with its reason; both sides are compared without it. */
const RULES: readonly (readonly [reason: string, pattern: RegExp, replacement: string])[] = [
  ["what a unit used of the machine is the machine's own", /^ +(?:CPU|Memory|Tasks): .*\n/gm, ''],
  ['the day and the time of a journal line', /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /gm, 'DATE '],
  [
    'the moment of a change, and how long ago that is',
    /since [A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+; .*? ago/g,
    'since TIME; SPAN ago',
  ],
  ['how long something took', /^( +(?:Duration|Condition|Assert): )\d\S*(?: \d\S*)*$/gm, '$1SPAN'],
  [
    'a child that says something and is gone: journald looks up its unit too late, or not',
    /^(?:DATE \S+ (?:\(\S+\)|systemd)\[(?:\d+|PID)\]: )?\S+\.service: (?:Failed at step|Failed to locate executable|Unable to locate executable|Changing to the requested working directory failed).*\n/gm,
    '',
  ],
  ['pids other than that of PID 1, of a journal line', /\[(?!1\])\d+\]/g, '[PID]'],
  ['pids of `status`', /^( +(?:Main PID|Process|Control PID|Cntrl PID): )\d+/gm, '$1PID'],
  ['pids of the tree of a control group', /^( +[|`]-)\d+ /gm, '$1PID '],
  ['the number of a job: how many there were before is not the same twice', /^( +Job: )\d+$/gm, '$1N'],
  [
    "the recording machine's control groups have hardly any controller",
    /^(?:DATE \S+ systemd\[1\]: )?\S+: Failed to read \S+ for control group .*\n/gm,
    '',
  ],
  [
    'when the journal begins and ends',
    /^(-- Journal begins at ).*?(, ends at ).*?( --)$/gm,
    '$1TIME$2TIME$3',
  ],
  ['pids of `show`', /PID=[1-9]\d*$/gm, 'PID=PID'],
  [
    'what is drawn for each machine, each boot, and each start of a unit',
    /^( *(?:Machine ID|Boot ID|Invocation|Product UUID|AF_VSOCK CID): ).*/gm,
    '$1ID',
  ],
  [
    "the recording machine's kernel and hardware",
    /^( *(?:Kernel|Hardware Vendor|Hardware Model|Hardware Serial|Hardware SKU|Hardware Version|Firmware Version|Firmware Date|Firmware Age): ).*/gm,
    '$1MACHINE',
  ],
  [
    'the time of a clock that is asked',
    /^( *(?:Local time|Universal time|RTC time): |TimeUSec=).*/gm,
    '$1TIME',
  ],
  [
    'when a shutdown is to be',
    / for [A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+, use/g,
    ' for TIME, use',
  ],
  ['pids that messages name', /(process|pid|PID) \d+/g, '$1 PID'],
]

/** The same text from every run on one system. A number alone is a pid only where a property of that name was asked for. */
export function normalized(text: string, step: string): string {
  const said = RULES.reduce((result, [, pattern, replacement]) => result.replace(pattern, replacement), text)
  return /PID/.test(step) ? said.replace(/^[1-9]\d*$/gm, 'PID') : said
}
