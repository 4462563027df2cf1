import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pauseProgram } from '../../../../containers/cri/elf.ts'

test('the program is 129 bytes of ELF for x86-64', () => {
  const program = pauseProgram()
  expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
  expect([program.readUInt16LE(18), program.length]).toEqual([62, 129])
})

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'Linux runs it, and it is there until a signal ends it',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'seatrial-elf-'))
    const path = join(directory, 'pause')
    writeFileSync(path, pauseProgram())
    chmodSync(path, 0o755)
    const child = spawn(path, { stdio: 'ignore' })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    const ended = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })))
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM' })
    rmSync(directory, { recursive: true })
  },
)
