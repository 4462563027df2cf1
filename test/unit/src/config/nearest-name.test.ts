import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../../src/config/nearest-name.ts'

const KNOWN = ['kubernetesVersion', 'modules', 'modulesLoad', 'cgroupDriver']

describe('the name that was meant', () => {
  it.each([
    ['kubernetes-version', 'kubernetesVersion'],
    ['module', 'modules'],
    ['modulesload', 'modulesLoad'],
    ['cgroupsDriver', 'cgroupDriver'],
  ])('%s → %s', (given, meant) => expect(nearestName(given, KNOWN)).toBe(meant))

  it('is none when nothing is near', () => expect(nearestName('swap', KNOWN)).toBeUndefined())
})
