import { expect, it } from 'vitest'
import { exitWords, isCleanExit, signalOf, statusWords } from '../../../../sim/systemd/exit-status.ts'

it('an exit status above 128 is a signal where there is one', () => {
  expect(signalOf(143)).toBe('TERM')
  expect(signalOf(203)).toBeUndefined()
  expect(signalOf(9)).toBeUndefined()
})

it('the journal knows the names of LSB and BSD, status only those of libc and systemd', () => {
  expect(exitWords(7)).toBe('code=exited, status=7/NOTRUNNING')
  expect(statusWords(7)).toBe('code=exited, status=7')
  expect(exitWords(203)).toBe('code=exited, status=203/EXEC')
  expect(statusWords(203)).toBe('code=exited, status=203/EXEC')
  expect(exitWords(137)).toBe('code=killed, status=9/KILL')
  expect(statusWords(137)).toBe('code=killed, signal=KILL')
})

it('SIGTERM is a clean end for a daemon and none for a command', () => {
  expect(isCleanExit(143, 'daemon', [])).toBe(true)
  expect(isCleanExit(143, 'command', [])).toBe(false)
  expect(isCleanExit(137, 'daemon', [])).toBe(false)
  expect(isCleanExit(42, 'command', ['42'])).toBe(true)
  expect(isCleanExit(137, 'daemon', ['SIGKILL'])).toBe(true)
})
