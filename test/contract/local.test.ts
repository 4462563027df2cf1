import { mkdtemp, rm } from 'node:fs/promises'
import { openLocalHost } from '../../src/host/local.ts'
import { describeHostContract, type OpenedHost } from './host.ts'

const open = async (shell: string): Promise<OpenedHost> => {
  const host = openLocalHost(shell)
  const scratchDir = await mkdtemp('/var/tmp/seatrial-contract-')
  return {
    host,
    scratchDir,
    close: async () => {
      await host.close()
      await rm(scratchDir, { recursive: true })
    },
  }
}

/** The far shell of a host may be either. */
for (const shell of ['dash', 'bash']) describeHostContract(`local: with ${shell}`, () => open(shell))
