import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { out, sh } from '../bare-machine.ts'

it('awk prints the field of a line', async () => {
  expect(await out("printf 'a b\\nc d\\n' | awk 'NR == 2 { print $2 }'")).toBe('d\n')
})

it('awk reads a file with getline', async () => {
  expect(await out('echo x > f; awk \'BEGIN { while ((getline l < "f") > 0) print l }\'')).toBe('x\n')
})

it('awk tells of a wrong command line as mawk does', async () => {
  expect(await sh('awk -F')).toMatchObject({ exitCode: 2, stderr: 'awk: option -F lacks argument\n' })
  expect(await sh('awk -v x')).toMatchObject({ exitCode: 2, stderr: 'awk: improper assignment: -v x\n' })
})

it.each(['awk', 'awk -W version', 'awk --version'])('%s is not simulated', async command => {
  await expect(sh(command)).rejects.toThrow(Unsimulated)
})
