import fc from 'fast-check'
import { parse, type TomlTable, type TomlValue } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { tomlComments } from '../../../../src/config/toml-source.ts'
import { removeTomlElements, setTomlValue } from '../../../../src/engine/toml-edit.ts'

const CRI = ['plugins', 'io.containerd.grpc.v1.cri']
const IMAGE = [...CRI, 'sandbox_image']
const RUNC = [...CRI, 'containerd', 'runtimes', 'runc']

describe('setting a value', () => {
  it('replaces it where it stands, and leaves its comment', () => {
    const text = '[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = \'a\'  # ours\n'
    expect(setTomlValue(text, IMAGE, '"b"')).toBe(text.replace("'a'", '"b"'))
  })

  it('follows the last key of its table, indented like it', () => {
    const text = '[plugins]\n  [plugins."io.containerd.grpc.v1.cri"]\n    a = 1 # one\n\n  [plugins.x]\n'
    expect(setTomlValue(text, IMAGE, '"b"')).toBe(text.replace('# one\n', '# one\n    sandbox_image = "b"\n'))
  })

  it('goes into an inline table, with the tables that are missing', () => {
    const text =
      '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes]\nrunc = { runtime_type = "x" } # in\n'
    expect(setTomlValue(text, [...RUNC, 'options', 'SystemdCgroup'], 'true')).toContain(
      'runc = { runtime_type = "x", options = { SystemdCgroup = true } } # in',
    )
  })

  it('is written with dots where its table was made with dots, which no header may make again', () => {
    const text =
      '[plugins."io.containerd.grpc.v1.cri".containerd]\nruntimes.runc.runtime_type = "x"\n[metrics]\n'
    const edited = setTomlValue(text, [...RUNC, 'options', 'SystemdCgroup'], 'true')
    expect(edited).toContain('runtime_type = "x"\nruntimes.runc.options.SystemdCgroup = true\n[metrics]')
  })

  it('of the root stands before the first table', () => {
    expect(setTomlValue('# top\n[a]\nb = 1\n', ['version'], '2')).toBe('# top\nversion = 2\n\n[a]\nb = 1\n')
    expect(setTomlValue('', ['version'], '2')).toBe('version = 2\n')
  })

  it('makes its table at the end of a file that has nothing like it', () => {
    expect(setTomlValue('a = 1', ['b', 'c d', 'e'], 'true')).toBe('a = 1\n\n[b."c d"]\n  e = true\n')
  })
})

describe('taking an element out of an array', () => {
  const without = (text: string) => removeTomlElements(text, ['d'], name => name.endsWith('cri'))

  it.each([
    ['d = ["cri"]', 'd = []'],
    ['d = ["cri", "a"]', 'd = ["a"]'],
    ['d = ["a", "cri"]', 'd = ["a"]'],
    ['d = ["a", "cri", "b"]', 'd = ["a", "b"]'],
    ['d = ["cri", "x.cri"]', 'd = []'],
    ['d = [\n  "a",\n  "cri",\n]', 'd = [\n  "a",\n]'],
    ['d = [\n  "a",\n  "cri"\n]', 'd = [\n  "a"\n]'],
    ['d = [\n  "cri", # why\n  "a",\n]', 'd = [\n  # why\n  "a",\n]'],
    ['d = ["b"]', 'd = ["b"]'],
    ['e = ["cri"]', 'e = ["cri"]'],
  ])('%j → %j', (before, after) => expect(without(before)).toBe(after))
})

/** Documents as people write them: comments, blank lines, quotes, indentation, dotted keys, inline tables. */
const word = fc.constantFrom(
  'a',
  'bin_dir',
  'snapshotter',
  'b-c',
  'x.y/z',
  'io.containerd.gc.v1.scheduler',
  'ü',
)
const comment = fc.constantFrom('', '  # why', ' # "q" [x] = 1', '\t#')
const scalar = fc.constantFrom(
  '1',
  '-2.5',
  'true',
  '"s # no"',
  "'l\\'",
  '"""m\n # in\n"""',
  '1979-05-27T07:32:00Z',
  '[1, [2]]',
)
const value = fc.oneof(
  scalar,
  fc
    .uniqueArray(word, { maxLength: 2 })
    .map(keys => `{ ${keys.map(key => `${quoted(key)} = 1`).join(', ')} }`),
  fc
    .array(
      comment.filter(text => text !== ''),
      { minLength: 1, maxLength: 2 },
    )
    .map(notes => `[${notes.map(note => `${note}\n 'e',`).join('')}]`),
)
const relevant = fc.constantFrom(
  [IMAGE, '"old"'],
  [[...RUNC, 'runtime_type'], '"x"'],
  [[...RUNC, 'options', 'SystemdCgroup'], 'false'],
  [[...RUNC, 'options'], '{ Root = "/r" }'],
  [[...RUNC, 'options'], '{}'],
  [[...CRI, 'cni', 'bin_dir'], '"/opt"'],
) as fc.Arbitrary<[string[], string]>

const quoted = (key: string): string =>
  /^[\w-]+$/.test(key) && !key.includes('ü') ? key : JSON.stringify(key)

const lines = fc.array(
  fc.record({
    setting: fc.oneof(
      { weight: 2, arbitrary: relevant },
      { weight: 3, arbitrary: fc.tuple(fc.array(word, { minLength: 1, maxLength: 3 }), value) },
    ),
    /** How many parts of the path the header has. */
    header: fc.nat({ max: 6 }),
    indent: fc.constantFrom('', '  ', '\t'),
    before: fc.constantFrom('', '\n', '# section\n'),
    comment,
  }),
  { maxLength: 8 },
)

const document = lines
  .map(drawn =>
    drawn
      .map(({ setting: [path, literal], header, indent, before, comment: note }) => {
        const depth = Math.min(header, path.length - 1)
        const head = depth === 0 ? '' : `${indent}[${path.slice(0, depth).map(quoted).join('.')}]${note}\n`
        return `${before}${head}${indent}${path.slice(depth).map(quoted).join('.')} = ${literal}${note}\n`
      })
      .sort((a, b) => Number(/^\s*\[/m.test(a)) - Number(/^\s*\[/m.test(b)))
      .join(''),
  )
  .filter(isToml)

function isToml(text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

function withValue(table: TomlTable, path: readonly string[], set: TomlValue): TomlTable {
  const [first = '', ...rest] = path
  const inner = table[first]
  const child = typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date) ? inner : {}
  return { ...table, [first]: rest.length === 0 ? set : withValue(child, rest, set) }
}

/** A path that some other value of the document stands in the way of cannot be set, by whatever means. */
function isFree(table: TomlTable, path: readonly string[]): boolean {
  let at: TomlValue | undefined = table
  for (const key of path.slice(0, -1)) {
    if (at === undefined) return true
    if (typeof at !== 'object' || Array.isArray(at) || at instanceof Date) return false
    at = at[key]
  }
  return at === undefined || (typeof at === 'object' && !Array.isArray(at) && !(at instanceof Date))
}

describe('whatever the document', () => {
  it.each([
    [IMAGE, 'new'],
    [[...RUNC, 'runtime_type'], 'io.containerd.runc.v2'],
    [[...RUNC, 'options', 'SystemdCgroup'], true],
    [['version'], 2],
  ])('setting %j changes that value alone, and every comment stays', (path, set) => {
    fc.assert(
      fc.property(document, text => {
        const before = parse(text)
        fc.pre(isFree(before, path))
        const edited = setTomlValue(text, path, JSON.stringify(set))
        expect(parse(edited)).toEqual(withValue(before, path, set))
        expect(tomlComments(edited)).toEqual(tomlComments(text))
        expect(setTomlValue(edited, path, JSON.stringify(set))).toBe(edited)
      }),
      { numRuns: 300 },
    )
  })

  it('taking names out of disabled_plugins changes that array alone, and every comment stays', () => {
    const names = fc.array(fc.constantFrom('cri', 'io.containerd.grpc.v1.cri', 'btrfs', 'a"b'), {
      maxLength: 5,
    })
    const layout = fc.constantFrom(
      ['[', ', ', ']'],
      ['[\n  ', ', # c\n  ', ',\n]'],
      ['[ ', ' ,', ' ]'],
      ['[# o\n', ',\n', ' # e\n]'],
    )
    fc.assert(
      fc.property(document, names, layout, (text, drawn, [open = '', between = '', close = '']) => {
        fc.pre(drawn.length > 0)
        const array = `disabled_plugins = ${open}${drawn.map(name => JSON.stringify(name)).join(between)}${close}\n`
        const whole = array + text
        fc.pre(isToml(whole))
        const edited = removeTomlElements(whole, ['disabled_plugins'], name => name.endsWith('cri'))
        expect(parse(edited)).toEqual({
          ...parse(whole),
          disabled_plugins: drawn.filter(name => !name.endsWith('cri')),
        })
        expect(tomlComments(edited)).toEqual(tomlComments(whole))
      }),
      { numRuns: 300 },
    )
  })
})
