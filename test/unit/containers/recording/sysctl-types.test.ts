import { expect, test } from 'vitest'
import { withSysctlTypes } from '../../../../containers/recording/sysctl-types.ts'
import { readImageNow } from '../../../simulated.ts'

test('types that were found by writing are kept with their entries, those that a module brings too', () => {
  const { digest: _, ...image } = readImageNow('debian-12')
  const probed =
    'net/ipv4/ip_forward\tint 0 1\tnet/ipv4/conf/all/forwarding\nnet/bridge/bridge-nf-call-iptables\tint 0 9\t\n'
  const { kernel } = withSysctlTypes(image, probed)
  expect(kernel.sysctl['net/ipv4/ip_forward']).toMatchObject({
    accepts: 'int 0 1',
    sets: 'net/ipv4/conf/all/forwarding',
  })
  const brought = kernel.modules?.br_netfilter?.loaded?.sysctl['net/bridge/bridge-nf-call-iptables']
  expect(brought).toMatchObject({ accepts: 'int 0 9' })
  expect(brought).not.toHaveProperty('sets')
})
