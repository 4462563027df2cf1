import { openLocalHost } from '../../../../src/host/local.ts'

const [reply] = await openLocalHost().send([{ kind: 'exec', argv: ['true'] }])
process.stdout.write(reply?.kind === 'exec' && reply.exitCode === 0 ? 'answered' : 'failed')
