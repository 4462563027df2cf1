import { openVmHost } from '../../src/host/vm.ts'
import { describeVm } from '../real.ts'
import { describeHostContract } from './host.ts'
import { run } from './replies.ts'

await describeVm('debian-12', 'a virtual machine', vm => {
  describeHostContract('vm:', async () => {
    const host = openVmHost(vm().id)
    const scratchDir = (await run(host, 'mktemp', '-d', '/var/tmp/contract-XXXXXX')).trim()
    return { host, scratchDir, close: () => host.close() }
  })
})
