import { Unsimulated } from '../../src/host/host.ts'
import {
  bestOf,
  type Choice,
  currentOf,
  type Group,
  point,
  readGroup,
  unlinkAll,
  writeGroup,
} from '../packages/alternatives.ts'
import type { Process } from '../process.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** update-alternatives(1): what scripts of packages and of people do with it. */
export function updateAlternatives(process: Process): number {
  const [verb = '', ...words] = process.argv.slice(1).filter(word => word !== '--quiet')
  switch (verb) {
    case '--install':
      return install(process, words)
    case '--remove':
      return remove(process, words)
    case '--set':
      return set(process, words)
    case '--auto':
      return auto(process, words)
    case '--display':
    case '--query':
    case '--list':
      return show(process, verb, words)
    default:
      throw new Unsimulated('update-alternatives', process.argv.slice(1).join(' '))
  }
}

withCommandLine(updateAlternatives, ANY_WORDS)

function fail(process: Process, message: string): number {
  process.complain(`update-alternatives: error: ${message}\n`)
  return 2
}

function tell(process: Process, group: Group, choice: Choice): void {
  process.print(
    `update-alternatives: using ${choice.path} to provide ${group.link} (${group.name}) in ${group.mode} mode\n`,
  )
}

function install(process: Process, words: readonly string[]): number {
  const [link = '', name = '', path = '', priority = '', ...rest] = words
  const slaves: { link: string; name: string; path: string }[] = []
  for (let at = 0; at < rest.length; at += 4) {
    const [word, slaveLink, slaveName, slavePath] = rest.slice(at, at + 4)
    if (word !== '--slave' || !slaveLink || !slaveName || !slavePath)
      throw new Unsimulated('update-alternatives', words.join(' '))
    slaves.push({ link: slaveLink, name: slaveName, path: slavePath })
  }
  if (!process.exists(path)) return fail(process, `alternative path ${path} doesn't exist`)
  const before = readGroup(process, name)
  if (before !== undefined && before.link !== link)
    throw new Unsimulated('update-alternatives', `another link for ${name}`)
  const choice = {
    path,
    priority: Number(priority),
    slaves: new Map(slaves.map(slave => [slave.name, slave.path])),
  }
  const known = (before?.slaves ?? []).filter(slave => !slaves.some(({ name: own }) => own === slave.name))
  const group: Group = {
    name,
    mode: before?.mode ?? 'auto',
    link,
    slaves: [...known, ...slaves.map(slave => ({ name: slave.name, link: slave.link }))],
    choices: [...(before?.choices ?? []).filter(other => other.path !== path), choice],
  }
  writeGroup(process, group)
  follow(process, group)
  return 0
}

/** In auto mode the links point at the best choice; it is told when that is another one than before. */
function follow(process: Process, group: Group): void {
  const best = bestOf(group)
  const current = group.choices.find(({ path }) => path === currentOf(process, group.name))
  if (group.mode === 'manual' && current !== undefined) {
    point(process, group, current)
    return
  }
  if (best === undefined) return
  if (current?.path !== best.path) tell(process, { ...group, mode: 'auto' }, best)
  point(process, group, best)
}

function remove(process: Process, [name = '', path = '']: readonly string[]): number {
  const group = readGroup(process, name)
  if (group === undefined) return 0
  const left: Group = { ...group, choices: group.choices.filter(choice => choice.path !== path) }
  if (left.choices.length === group.choices.length) return 0
  const isCurrent = currentOf(process, name) === path
  if (left.choices.length === 0) unlinkAll(process, group)
  else if (isCurrent) follow(process, { ...left, mode: 'auto' })
  writeGroup(process, isCurrent ? { ...left, mode: 'auto' } : left)
  return 0
}

function set(process: Process, [name = '', path = '']: readonly string[]): number {
  const group = readGroup(process, name)
  if (group === undefined) return fail(process, `no alternatives for ${name}`)
  const choice = group.choices.find(other => other.path === path)
  if (choice === undefined)
    return fail(process, `alternative ${path} for ${name} not registered; not setting`)
  if (group.mode === 'manual' && currentOf(process, name) === path) return 0
  const changed: Group = { ...group, mode: 'manual' }
  tell(process, changed, choice)
  writeGroup(process, changed)
  point(process, changed, choice)
  return 0
}

function auto(process: Process, [name = '']: readonly string[]): number {
  const group = readGroup(process, name)
  if (group === undefined) return fail(process, `no alternatives for ${name}`)
  const changed: Group = { ...group, mode: 'auto' }
  writeGroup(process, changed)
  follow(process, changed)
  return 0
}

function show(process: Process, verb: string, [name = '']: readonly string[]): number {
  const group = readGroup(process, name)
  if (group === undefined) return fail(process, `no alternatives for ${name}`)
  if (verb === '--list') process.print(group.choices.map(({ path }) => `${path}\n`).join(''))
  else process.print(verb === '--query' ? query(process, group) : display(process, group))
  return 0
}

function query(process: Process, group: Group): string {
  const slaveRows = (rows: readonly (readonly [string, string])[]): string[] =>
    rows.length === 0 ? [] : ['Slaves:', ...rows.map(([name, path]) => ` ${name} ${path}`)]
  const lines = [
    `Name: ${group.name}`,
    `Link: ${group.link}`,
    ...slaveRows(group.slaves.map(({ name, link }) => [name, link] as const)),
    `Status: ${group.mode}`,
    `Best: ${bestOf(group)?.path ?? ''}`,
    `Value: ${currentOf(process, group.name) ?? 'none'}`,
  ]
  for (const { path, priority, slaves } of group.choices)
    lines.push(
      '',
      `Alternative: ${path}`,
      `Priority: ${priority}`,
      ...slaveRows([...slaves].filter(([, to]) => to)),
    )
  return lines.map(line => `${line}\n`).join('')
}

function display(process: Process, group: Group): string {
  const lines = [
    `${group.name} - ${group.mode} mode`,
    `  link best version is ${bestOf(group)?.path ?? ''}`,
    `  link currently points to ${currentOf(process, group.name) ?? ''}`,
    `  link ${group.name} is ${group.link}`,
    ...group.slaves.map(({ name, link }) => `  slave ${name} is ${link}`),
  ]
  for (const { path, priority, slaves } of group.choices) {
    lines.push(`${path} - priority ${priority}`)
    for (const [name, target] of slaves) if (target !== '') lines.push(`  slave ${name}: ${target}`)
  }
  return lines.map(line => `${line}\n`).join('')
}
