import { openHost } from '../../src/hosts.ts'
import { describeHostContract } from './host.ts'
import { run } from './replies.ts'

describeHostContract(
  'sim:debian-12',
  async () => {
    const host = await openHost('sim:debian-12')
    await run(host, 'mkdir', '/var/tmp/contract')
    return { host, scratchDir: '/var/tmp/contract', close: () => host.close() }
  },
  {
    'two batches run at the same time': 'a simulated machine runs one batch to its end before the next',
    'real time passes': 'a simulated machine has a clock of its own, which no test can wait for',
  },
)
