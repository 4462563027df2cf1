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
  /** In which environments it is recorded; default: the container's. */
  readonly in?: readonly string[]
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

const CONTAINER = 'container-debian-12'

export const recordingUrl = (environment: string): URL =>
  new URL(`recorded/systemd/${environment}.yaml`, import.meta.url)

/** The cases of one environment, in their order. */
export function systemdCases(environment: string): readonly SystemdCase[] {
  const all: readonly SystemdCase[] = parse(
    readFileSync(new URL('recorded/systemd/cases.yaml', import.meta.url), 'utf8'),
  )
  return all.filter(one => (one.in ?? [CONTAINER]).includes(environment))
}

export const readRecording = (environment: string): SystemdRecording =>
  parse(readFileSync(recordingUrl(environment), 'utf8'))

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

/**
 * What two runs on one system do not have in common: pids other than that of PID 1, moments and durations. Lines of
 * `status` that tell of resources (CPU, Memory, Tasks) are the machine's own and left out.
 */
export function normalized(text: string): string {
  return text
    .replace(/^ +(?:CPU|Memory|Tasks): .*\n/gm, '')
    .replace(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /gm, 'DATE ')
    .replace(/since [A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+; .*? ago/g, 'since TIME; SPAN ago')
    .replace(/^( +(?:Duration|Condition|Assert): )\d\S*(?: \d\S*)*$/gm, '$1SPAN')
    .replace(/\[(?!1\])\d+\]/g, '[PID]')
    .replace(/^( +(?:Main PID|Process|Control PID|Cntrl PID): )\d+/gm, '$1PID')
    .replace(/^( +(?:\||`-|\|-)*-)\d+ /gm, '$1PID ')
    .replace(/PID=[1-9]\d*$/gm, 'PID=PID')
    .replace(/^[1-9]\d*$/gm, 'PID')
    .replace(/(process|pid|PID) \d+/g, '$1 PID')
}
