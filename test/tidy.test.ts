import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERRNO } from '../src/host/errno.ts'

/** The structural rules of the house: what a reviewer would otherwise have to say twice. */

const ROOT = resolve(import.meta.dirname, '..')

interface Source {
  readonly path: string
  readonly text: string
  /** Without comments. */
  readonly code: string
  /** Relative imports as paths from the root, and packages by name. */
  readonly imports: readonly string[]
}

function walk(directory: string): readonly string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap(entry => {
    const path = `${directory}/${entry.name}`
    if (entry.isDirectory()) return walk(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const code = withoutComments(text)
  const named = [...code.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/g)]
  const bare = [...code.matchAll(/(?:^|\n)import\s+['"]([^'"]+)['"]/g)]
  const dynamic = [...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)]
  const imports = [...named, ...bare, ...dynamic]
    .map(match => match[1] ?? '')
    .map(name => (name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : name))
  return { path, text, code, imports }
}

const product = ['src', 'sim', 'containers'].flatMap(walk).map(read)
const tests = walk('test').map(read)
const inRoom = (room: string): readonly Source[] =>
  product.filter(source => source.path.startsWith(`${room}/`))

/** Rooms of the product, lowest floor first; the first prefix that fits is a file's room. */
const ROOMS: readonly (readonly [prefix: string, floor: number])[] = [
  ['src/host/host.ts', 0],
  ['src/host/errno.ts', 0],
  ['src/host/digest.ts', 0],
  ['src/host/surrogate-escape.ts', 0],
  ['src/host/wire', 0],
  ['src/format/', 0],
  ['src/config/', 0],
  ['src/engine/', 1],
  ['src/host/', 1],
  ['sim/', 1],
  ['src/images.ts', 1],
  ['src/lab/', 2],
  ['containers/', 2],
  ['src/hosts.ts', 3],
  ['src/index.ts', 3],
  ['src/test.ts', 3],
  ['src/cli', 4],
]

function roomOf(path: string): { prefix: string; floor: number } {
  const room = ROOMS.find(([prefix]) => path.startsWith(prefix))
  if (room === undefined) throw new Error(`${path} is in no room`)
  return { prefix: room[0], floor: room[1] }
}

/** Imports between rooms of one floor that are allowed, each with its reason. */
const DOORS: readonly (readonly [from: string, to: string, reason: string])[] = [
  ['src/index.ts', 'src/hosts.ts', 'the library hands out hosts'],
  ['src/test.ts', 'src/hosts.ts', 'simulated hosts for tests come in by the same door'],
]

/** Floors inside the simulator, lowest first (house order: clock, kernel, fs, process, formats, programs, daemons, machine). */
const SIM_FLOORS: readonly (readonly [prefix: string, floor: number])[] = [
  ['sim/clock.ts', 0],
  ['sim/scheduler.ts', 1],
  ['sim/kernel/', 1],
  ['sim/fs/', 2],
  ['sim/bus.ts', 3],
  ['sim/process.ts', 3],
  ['sim/execve.ts', 4],
  ['sim/formats/', 4],
  ['sim/packages/', 4],
  ['sim/bin/index.ts', 6],
  ['sim/bin/', 5],
  ['sim/shell/', 5],
  ['sim/systemd/', 7],
  ['sim/containerd/', 7],
  ['sim/kubelet/', 4],
  ['sim/image.ts', 7],
  ['sim/boot.ts', 8],
  ['sim/diff.ts', 9],
  ['sim/machine.ts', 9],
  ['sim/save.ts', 9],
  ['sim/file-requests.ts', 10],
  ['sim/typed-input.ts', 3],
  ['sim/session.ts', 10],
  ['sim/coverage/', 10],
  ['sim/sim-host.ts', 10],
  ['sim/door.ts', 11],
]

describe('floors', () => {
  it('no import climbs to a higher floor, nor crosses to another room of the same floor without a door', () => {
    const wrong = product.flatMap(source => {
      const from = roomOf(source.path)
      return source.imports
        .filter(path => /^(src|sim|containers|test)\//.test(path))
        .filter(path => {
          if (path.startsWith('test/')) return true
          const to = roomOf(path)
          const isDoor = DOORS.some(([a, b]) => source.path === a && path === b)
          return (
            to.floor > from.floor ||
            (to.floor === from.floor && to.floor > 0 && to.prefix !== from.prefix && !isDoor)
          )
        })
        .map(path => `${source.path} → ${path}`)
    })
    expect(wrong).toEqual([])
  })

  it('inside the simulator the kernel knows no files, files no processes, programs no daemons', () => {
    const floor = (path: string): number =>
      SIM_FLOORS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? Number.NaN
    const wrong = inRoom('sim').flatMap(source =>
      source.imports
        .filter(path => path.startsWith('sim/') && !(floor(path) <= floor(source.path)))
        .filter(path => !isTypeOnly(source, path))
        .map(path => `${source.path} → ${path}`),
    )
    expect(wrong).toEqual([])
  })

  it('there is no cycle of imports', () => {
    const graph = new Map(product.map(source => [source.path, valueImports(source)]))
    expect(findCycle(graph)).toEqual([])
  })

  it('the engine holds a Host and nothing else', () => {
    const wrong = inRoom('src/engine').flatMap(source =>
      source.imports
        .filter(
          path =>
            path.startsWith('node:') ||
            /^(sim|containers)\//.test(path) ||
            /^src\/host\/(?!host|errno|digest|surrogate-escape)/.test(path),
        )
        .map(path => `${source.path} → ${path}`),
    )
    expect(wrong).toEqual([])
  })

  it('the simulator imports nothing of node', () => {
    expect(inRoom('sim').flatMap(source => source.imports.filter(path => path.startsWith('node:')))).toEqual(
      [],
    )
  })

  it('only the lab and one line of hosts.ts know that there is a machine', () => {
    const knowing = product.filter(
      source =>
        !source.path.startsWith('sim/') &&
        source.imports.some(path => path.startsWith('sim/')) &&
        !source.path.startsWith('src/lab/'),
    )
    expect(knowing.map(source => source.path).sort()).toEqual(KNOWING_THE_SIMULATOR)
  })
})

/** The door for hosts, and the library of other people's tests, which is about simulated hosts. */
const KNOWING_THE_SIMULATOR = ['src/hosts.ts', 'src/test.ts']

describe('the port', () => {
  const port = read('src/host/host.ts')

  it('has one verb and six requests', () => {
    const members = /export interface Host \{([\s\S]*?)\n\}/
      .exec(port.code)?.[1]
      ?.match(/^ {2}[a-z ]*\w+[(:]/gm)
    expect(members?.map(line => line.replace('readonly', '').trim())).toEqual(['name:', 'send(', 'close('])
    expect(/export type Request = (.*)/.exec(port.code)?.[1]?.split(' | ')).toEqual([
      'Exec',
      'Read',
      'Write',
      'Remove',
      'List',
      'Wait',
    ])
  })

  it('shows no type of a library', () => {
    expect(port.imports).toEqual(['src/host/errno.ts'])
  })
})

describe('the machine does not leak in', () => {
  it('biome forbids clock, timers, console and the global process in the simulator and the engine', () => {
    const config: unknown = JSON.parse(readFileSync(join(ROOT, '.biome.json'), 'utf8'))
    const text = JSON.stringify(config)
    for (const name of ['Date', 'process', 'console', 'setTimeout', 'setInterval', 'Buffer', 'performance'])
      expect(text).toContain(`"${name}":`)
    expect(text).toContain('"sim/**","src/engine/**"')
  })

  it('chance comes from the seed', () => {
    const wrong = [...inRoom('sim'), ...inRoom('src/engine')].filter(source =>
      /\bMath\.random\b|\bcrypto\./.test(source.code),
    )
    expect(wrong.map(source => source.path)).toEqual([])
  })
})

describe('names and places', () => {
  it('there is no drawer for everything', () => {
    const wrong = [...product, ...tests].filter(source =>
      /(^|\/)(utils?|helpers?|common|misc|shared)\.ts$/.test(source.path),
    )
    expect(wrong.map(source => source.path)).toEqual([])
  })

  it('files are kebab-case', () => {
    const wrong = [...product, ...tests].filter(source => !/^[a-z0-9./-]+$/.test(source.path))
    expect(wrong.map(source => source.path)).toEqual([])
  })

  it('an errno sentence stands in errno.ts alone', () => {
    const sentences = Object.values(ERRNO)
      .map(([, text]) => text)
      .filter(text => text.includes(' '))
    const wrong = product
      .filter(source => source.path !== 'src/host/errno.ts' && !source.path.startsWith('sim/formats/go-toml'))
      .flatMap(source =>
        sentences.filter(text => source.code.includes(text)).map(text => `${source.path}: ${text}`),
      )
    expect(wrong).toEqual([])
  })

  it('nothing is left to do in a comment', () => {
    const wrong = [...product, ...tests].filter(source =>
      /\b(TODO|FIXME|XXX|HACK)\b/.test(source.path === 'test/tidy.test.ts' ? '' : source.text),
    )
    expect(wrong.map(source => source.path)).toEqual([])
  })
})

describe('twins', () => {
  const hasTwin = (path: string): boolean =>
    existsSync(join(ROOT, 'test/unit', path.replace(/\.ts$/, '.test.ts')))

  it('every program of the simulator has its test and its line in the registry', () => {
    const registry = read('sim/bin/index.ts')
    const reached = reachable(registry.path)
    const programs = inRoom('sim/bin')
      .map(source => source.path)
      .filter(path => path !== registry.path)
    expect(programs.filter(path => !reached.has(path))).toEqual([])
    expect(programs.filter(path => !hasTwin(path) && !isTool(path))).toEqual([])
  })

  it('every fact has its cases, every phase its cases, and each stands in its list', () => {
    for (const kind of ['facts', 'phases']) {
      const list = read(`src/engine/${kind}/index.ts`)
      const named = new Set(list.imports)
      const files = inRoom(`src/engine/${kind}`).filter(source =>
        /export const \w+(?:Fact|Phase)?: (?:Fact|Phase)\b/.test(source.code),
      )
      expect(files.map(source => source.path).filter(path => !named.has(path))).toEqual([])
      for (const file of files) {
        const name = file.path.replace(/^.*\//, '').replace('.ts', '')
        expect(existsSync(join(ROOT, `test/cases/${kind}/${name}`)), `test/cases/${kind}/${name}`).toBe(true)
      }
    }
  })

  it('every host has its contract', () => {
    const adapters = ['local', 'docker', 'ssh'].filter(name => existsSync(join(ROOT, `src/host/${name}.ts`)))
    for (const name of ['sim', ...adapters])
      expect(existsSync(join(ROOT, `test/contract/${name}.test.ts`)), name).toBe(true)
  })
})

/** What programs are made with, not programs: tested through those that use them. */
const isTool = (path: string): boolean => /\/(getopt|libkmod|kmod)\.ts$/.test(path)

function reachable(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  const source = product.find(other => other.path === path)
  for (const next of source?.imports ?? []) if (next.startsWith('sim/')) reachable(next, seen)
  return seen
}

function isTypeOnly(source: Source, path: string): boolean {
  return !valueImports(source).includes(path)
}

/** Imports that are there when the program runs. */
function valueImports(source: Source): readonly string[] {
  const erased = source.code.replace(
    /(?:^|\n)\s*(?:import|export) type\b[^'"`;]*?\bfrom\s+['"][^'"]+['"]/g,
    '',
  )
  return source.imports.filter(path => {
    const last = path.split('/').at(-1) ?? ''
    return new RegExp(`(?:from|import)\\s*\\(?['"][^'"]*${last.replaceAll('.', '\\.')}['"]`).test(erased)
  })
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return []
    for (const next of graph.get(path) ?? []) {
      const cycle = graph.has(next) ? visit(next, [...trail, path]) : []
      if (cycle.length > 0) return cycle
    }
    done.add(path)
    return []
  }
  for (const path of graph.keys()) {
    const cycle = visit(path, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
