import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import pc from 'picocolors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PipedLines } from '../../src/cli/line-input.ts'
import { main } from '../../src/cli/main.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { readInventory } from '../../src/config/inventory.ts'
import { readNodeConfig } from '../../src/config/node-config.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import { readImage } from '../../src/hosts.ts'
import { imageNames } from '../../src/images.ts'

/** What the documentation says is what the command does. */

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const readme = read('README.md')

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => `docs/${path}`),
]

const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    match => match[1] ?? '',
  )

/** One command of a console block and what it printed; a line `…` stands for any number of lines. */
interface Shown {
  readonly command: string
  readonly lines: readonly string[]
}

function shownIn(block: string): readonly Shown[] {
  return block
    .split(/^\$ /m)
    .filter(part => part !== '')
    .map(part => {
      const [command = '', ...lines] = part.trimEnd().split('\n')
      return { command, lines }
    })
}

interface Said {
  readonly exitStatus: number
  readonly text: string
}

/** Runs `[echo '…' |] seatrial …` in this process. */
async function seatrial(command: string): Promise<Said> {
  const [, stdin = '', words = ''] =
    /^(?:echo '([^']*)' \| )?seatrial ([^;|]*?)(?:; echo \$\?)?$/.exec(command) ?? []
  expect(words, `${command}: only seatrial is run here`).not.toBe('')
  let text = ''
  const say = (piece: string | Uint8Array): void => {
    text += typeof piece === 'string' ? piece : decodeText(piece)
  }
  const terminal: Terminal = {
    print: say,
    complain: say,
    isInteractive: false,
    style: pc.createColors(false),
    openLines: () => new PipedLines(Readable.from([encodeText(`${stdin}\n`)])),
    readStdin: async () => encodeText(`${stdin}\n`),
    signal: new AbortController().signal,
  }
  return { exitStatus: await main(words.split(' '), terminal), text }
}

/** Whether the lines stand there in this order, with nothing between them but where `…` is. */
function isShown(said: readonly string[], shown: readonly string[]): boolean {
  const [first, ...rest] = shown
  if (first === undefined) return said.length === 0
  if (first !== '…') return said[0] === first && isShown(said.slice(1), rest)
  return isShown(said, rest) || (said.length > 0 && isShown(said.slice(1), shown))
}

describe('README', () => {
  const home = process.cwd()
  const scratch = mkdtempSync(join(tmpdir(), 'seatrial-readme-'))
  beforeAll(() => process.chdir(scratch))
  afterAll(() => {
    process.chdir(home)
    rmSync(scratch, { recursive: true })
  })

  for (const { command, lines } of blocks(readme, 'console').flatMap(shownIn))
    it(`shows what this does: ${command}`, async () => {
      const { exitStatus, text } = await seatrial(command)
      const status = command.endsWith('echo $?') ? [`${exitStatus}`] : []
      const said = [...text.split('\n').slice(0, -1), ...status]
      expect(isShown(said, lines), `${said.join('\n')}\n\nis not what README.md shows`).toBe(true)
    })

  it('has no example that does not run as a test', () => {
    const tests = readdirSync(join(ROOT, 'test/unit')).filter(name => /^readme-.*\.test\.ts$/.test(name))
    const examples = tests.map(name =>
      read(`test/unit/${name}`)
        .replace('../../src/index.ts', 'seatrial')
        .replace('../../src/test.ts', 'seatrial/test'),
    )
    const shown = blocks(readme, 'ts')
    expect(shown).not.toEqual([])
    expect(shown.filter(block => !examples.includes(block))).toEqual([])
  })

  it('gives a reason for each runtime dependency, and for nothing else', () => {
    const { dependencies } = JSON.parse(read('package.json'))
    const table = readme.slice(readme.indexOf('## Dependencies'))
    const named = [...table.matchAll(/^\| `([^`]+)` \| \S/gm)].map(match => match[1])
    expect(named.sort()).toEqual(Object.keys(dependencies).sort())
  })
})

describe('documentation', () => {
  it('shows configuration that is valid', () => {
    for (const path of DOCUMENTS)
      for (const block of blocks(read(path), 'toml'))
        expect(readNodeConfig(block, path), path).toMatchObject({ ok: true })
  })

  it('shows inventories that are valid', () => {
    const inventories = DOCUMENTS.flatMap(path => blocks(read(path), 'toml hosts.toml'))
    expect(inventories.length).toBeGreaterThan(0)
    for (const inventory of inventories)
      expect(readInventory(inventory, 'hosts.toml')).toMatchObject({ ok: true })
  })

  it('links to files that are there', () => {
    const dead = DOCUMENTS.flatMap(path =>
      [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
        .map(match => match[1] ?? '')
        .filter(target => !existsSync(resolve(ROOT, path, '..', target)))
        .map(target => `${path} → ${target}`),
    )
    expect(dead).toEqual([])
  })

  it('names paths that are there; a word in capitals stands for a name', () => {
    const dead = DOCUMENTS.flatMap(path =>
      [...read(path).matchAll(/`((?:src|sim|test|containers|docs)\/[\w./-]+)`/g)]
        .map(match => match[1] ?? '')
        .filter(target => !/[A-Z]{2}/.test(target) && !existsSync(join(ROOT, target)))
        .map(target => `${path}: ${target}`),
    )
    expect(dead).toEqual([])
  })

  it('gives notice of packages that are in an image, and of no others', async () => {
    const images = await Promise.all((await imageNames()).map(readImage))
    const installed = new Set(images.flatMap(image => image.packages.map(one => one.name)))
    const named = [...read('NOTICE').matchAll(/^ {4}([a-z0-9][a-z0-9.+-]+) {2,}\S/gm)].map(
      match => match[1] ?? '',
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(name => !installed.has(name))).toEqual([])
  })

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = DOCUMENTS.flatMap(path =>
      [...read(path).matchAll(/npm run ([\w:-]+)/g)].map(match => match[1] ?? ''),
    )
    expect(named.filter(name => !Object.hasOwn(scripts, name))).toEqual([])
  })
})
