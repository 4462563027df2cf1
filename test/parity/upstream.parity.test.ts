import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { seatrial } from '../unit/src/cli/fake-terminal.ts'

const SCRIPT = new URL('upstream.sh', import.meta.url).pathname

const recorded: { readonly exitCode: number; readonly stdout: string; readonly stderr: string } = parse(
  readFileSync(new URL('recorded/upstream/vm-debian-12.yaml', import.meta.url), 'utf8'),
)

it('the commands of the upstream page, as one unmodified script, say on sim:debian-12 what a real Debian 12 says', async () => {
  const { exitStatus, stdout, stderr } = await seatrial(['run', 'sim:debian-12', SCRIPT])
  expect(stdout).toBe(recorded.stdout)
  expect(stderr).toBe(recorded.stderr)
  expect(exitStatus).toBe(recorded.exitCode)
})
