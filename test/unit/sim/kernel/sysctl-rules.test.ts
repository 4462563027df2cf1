import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ruleFor } from '../../../../sim/kernel/sysctl-rules.ts'

const parse = (path: string, text: string, old = '7'): string | undefined => ruleFor(path)?.parse(text, old)
const invalid = expect.objectContaining({ errno: 'EINVAL' })

describe('an int of /proc/sys', () => {
  it('is read back in decimal, whatever notation it was written in', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), number => {
        const sign = number < 0 ? '-' : ''
        const magnitude = Math.abs(number)
        for (const digits of [String(magnitude), `0x${magnitude.toString(16)}`, `0${magnitude.toString(8)}`])
          expect(parse('kernel/panic', ` ${sign}${digits}\n`)).toBe(String(number))
      }),
    )
  })

  it.each(['', '\n', 'x', '1x', '--1', '+1', '2147483648', '-2147483649', '99999999999999999999999'])(
    'is EINVAL for %j',
    text => {
      expect(() => parse('kernel/panic', text)).toThrow(invalid)
    },
  )

  it('takes the first of several numbers', () => {
    expect(parse('kernel/panic', '1 2\n')).toBe('1')
  })

  it('keeps to its bounds', () => {
    expect(parse('kernel/pid_max', '301')).toBe('301')
    for (const text of ['300', '4194305']) expect(() => parse('kernel/pid_max', text)).toThrow(invalid)
  })
})

it('an unsigned long goes up to LONG_MAX', () => {
  expect(parse('fs/file-max', '9223372036854775807')).toBe('9223372036854775807')
  expect(parse('fs/file-max', '0x10')).toBe('16')
  for (const text of ['9223372036854775808', '-1', ''])
    expect(() => parse('fs/file-max', text)).toThrow(invalid)
})

it('a vector keeps the numbers that were not written', () => {
  expect(parse('net/ipv4/ip_local_port_range', '1024\n', '32768\t60999')).toBe('1024\t60999')
})

it('the range of local ports stays in order, and off the ports that only root may bind', () => {
  const read = () => '1024'
  const range = (text: string) => ruleFor('net/ipv4/ip_local_port_range')?.parse(text, '2000\t3000', read)
  expect(['1024 65000', '2500', '5000 6000 7000'].map(range)).toEqual([
    '1024\t65000',
    '2500\t3000',
    '5000\t6000',
  ])
  for (const text of ['4000', '3000 2000', '0 0', '1000 2000', '70000 80000', 'a b'])
    expect(() => range(text)).toThrow(invalid)
  const start = (text: string) =>
    ruleFor('net/ipv4/ip_unprivileged_port_start')?.parse(text, '1024', () => '2000\t3000')
  expect(start('2000')).toBe('2000')
  expect(() => start('2001')).toThrow(invalid)
})

it('what an image recorded comes before what is known of a name', () => {
  expect(ruleFor('kernel/panic', 'int 0 1')?.parse('1', '0')).toBe('1')
  expect(() => ruleFor('kernel/panic', 'int 0 1')?.parse('2', '0')).toThrow(invalid)
})

it('a string ends at the first line end, and at the size of its buffer', () => {
  expect(parse('kernel/core_pattern', '|/bin/cat\nmore')).toBe('|/bin/cat')
  expect(parse('kernel/hostname', 'h'.repeat(100))).toHaveLength(64)
})

it('a switch of br_netfilter is 1 for anything but 0', () => {
  expect(parse('net/bridge/bridge-nf-call-iptables', '5')).toBe('1')
})

it('an entry of unknown type has no rule', () => {
  expect(ruleFor('net/ipv4/nothing_known')).toBeUndefined()
})
