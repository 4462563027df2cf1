import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ContentReader, drawRoot, RUN_MARK } from '../../../../src/host/wire-content.ts'

const ROOT = drawRoot([true, false, false, true, true, false])
let directory = ''

beforeAll(() => {
  directory = mkdtempSync('/var/tmp/seatrial-content-')
})
afterAll(() => rmSync(directory, { recursive: true }))

/** What `head` really says of the files, both streams in one. */
function head(...paths: readonly string[]): Buffer {
  const operands = paths.map(path => `'${ROOT}${path}'`).join(' ')
  return spawnSync('sh', ['-c', `head -v -c 9223372036854775807 -- ${operands} 2>&1`], {
    env: { ...process.env, LC_ALL: 'C' },
  }).stdout
}

const readAll = (output: Buffer, paths: readonly string[]): unknown[] =>
  new ContentReader(output, ROOT)
    .read(paths)
    .map(content => (typeof content === 'string' ? content : content.toString()))

test('the spelling of / leads to / and differs from draw to draw', () => {
  expect(ROOT).toBe('/.///././')
  expect(drawRoot([false])).not.toBe(drawRoot([true]))
})

test('files that imitate headers and messages are told from them', () => {
  const contents = ['==> /etc/hosts <==\n', "head: cannot open '/x': no\n", '', '\n', '\n\n==> ', 'head: ']
  const paths = contents.map((content, at) => {
    writeFileSync(`${directory}/${at}`, content)
    return `${directory}/${at}`
  })
  expect(readAll(head(...paths), paths)).toEqual(contents)
  expect(readAll(head(...paths.toReversed()), paths.toReversed())).toEqual(contents.toReversed())
})

test('errors stand among the contents, first, last and side by side', () => {
  const [file, sub, quoted] = [`${directory}/file`, `${directory}/sub`, `${directory}/new\nline`]
  writeFileSync(file, 'text')
  mkdirSync(sub)
  const paths = [sub, file, sub, `${file}/x`, quoted, file, sub]
  const expected = ['EISDIR', 'text', 'EISDIR', 'ENOTDIR', 'ENOENT', 'text', 'EISDIR']
  expect(readAll(head(...paths), paths)).toEqual(expected)
})

test('the same file may be asked for again and again', () => {
  const file = `${directory}/again`
  writeFileSync(file, 'again\n')
  expect(readAll(head(file, file, file), [file, file, file])).toEqual(['again\n', 'again\n', 'again\n'])
})

test('a second head behind the first starts with its mark, and takes no line end from the first', () => {
  const paths = ['one', 'two', 'three'].map(name => {
    writeFileSync(`${directory}/${name}`, `${name}\n`)
    return `${directory}/${name}`
  })
  const output = Buffer.concat([head(RUN_MARK, ...paths.slice(0, 2)), head(RUN_MARK, ...paths.slice(2))])
  expect(readAll(output, paths)).toEqual(['one\n', 'two\n', 'three\n'])
})

test('output that ends too early is an error of ours, not an empty file', () => {
  expect(() => new ContentReader(Buffer.from(''), ROOT).read(['/etc/hosts'])).toThrow(/said nothing/)
})
