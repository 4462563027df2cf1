import { describe, expect, it } from 'vitest'
import { type OptionSpec, parseOptions, UsageError } from '../../../../sim/bin/getopt.ts'
import { Process } from '../../../../sim/process.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { bareMachine } from '../bare-machine.ts'

const SPEC: OptionSpec = {
  options: ['m,mode:', 'p,parents', 'v,verbose', 'color::', 'n'],
  unsimulated: ['Z,context::'],
}

function parse(words: string, spec = SPEC): { found: readonly string[]; operands: readonly string[] } {
  const machine = bareMachine()
  const argv = ['/bin/mkdir', ...words.split(' ').filter(Boolean)]
  const process = new Process(machine, {
    argv,
    env: new Map(),
    credentials: machine.rootCredentials,
    files: new Map(),
  })
  const { all, operands } = parseOptions(process, spec)
  return {
    found: all.map(({ name, argument }) => (argument === undefined ? name : `${name}=${argument}`)),
    operands,
  }
}

describe('getopt_long(3)', () => {
  it.each([
    ['-pv a', ['parents', 'verbose'], ['a']],
    ['a -p b', ['parents'], ['a', 'b']],
    ['-pm700 a', ['parents', 'mode=700'], ['a']],
    ['-m 700 a', ['mode=700'], ['a']],
    ['--mode=700 --par', ['mode=700', 'parents'], []],
    ['--mode 700', ['mode=700'], []],
    ['--color a --color=x', ['color', 'color=x'], ['a']],
    ['-p -- -v', ['parents'], ['-v']],
    ['- -n', ['n'], ['-']],
  ])('%s', (words, found, operands) => {
    expect(parse(words)).toEqual({ found, operands })
  })

  it.each([
    ['-q', "/bin/mkdir: invalid option -- 'q'"],
    ['--nosuch=1', "/bin/mkdir: unrecognized option '--nosuch=1'"],
    ['-m', "/bin/mkdir: option requires an argument -- 'm'"],
    ['--mode', "/bin/mkdir: option '--mode' requires an argument"],
    ['--parents=x', "/bin/mkdir: option '--parents' doesn't allow an argument"],
  ])('%s is refused in the words of glibc', (words, message) => {
    const hint = "Try '/bin/mkdir --help' for more information."
    expect(() => parse(words)).toThrow(new UsageError(`${message}\n${hint}\n`, 1))
  })

  it('the first operand ends the options of a program that runs another', () => {
    expect(parse('-p a -v', { ...SPEC, isStoppingAtOperand: true })).toEqual({
      found: ['parents'],
      operands: ['a', '-v'],
    })
  })

  it.each(['-Z', '--context=x', '--help', '--version'])('%s is not simulated', words => {
    expect(() => parse(words)).toThrow(Unsimulated)
  })
})
