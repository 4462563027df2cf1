import { describe, expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG } from '../../../src/config/node-config.ts'
import { facts } from '../../../src/engine/facts/index.ts'
import { factNames, factOf, plain, readCase, scenariosOf } from './fact-case.ts'

describe.each(factNames)('the fact %s', name => {
  it.each(scenariosOf(name))('of a host that is %s', scenario => {
    const recorded = readCase(name, scenario)
    expect(plain(factOf(name, recorded))).toEqual(plain(recorded.fact))
  })

  it('asks what was recorded', () => {
    const asked = readCase(name, 'fresh').trips[0]?.map(({ request }) => request)
    expect(plain(facts[name].requests(DEFAULT_NODE_CONFIG))).toEqual(plain(asked))
  })
})
