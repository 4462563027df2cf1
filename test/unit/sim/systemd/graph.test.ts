import { expect, it } from 'vitest'
import { DependencyGraph } from '../../../../sim/systemd/graph.ts'
import type { UnitConfig } from '../../../../sim/systemd/state.ts'

const config = (id: string, dependencies: UnitConfig['dependencies']): UnitConfig => ({
  ...EMPTY,
  id,
  names: [id],
  dependencies,
})

const EMPTY: UnitConfig = {
  id: '',
  names: [],
  loadState: 'loaded',
  fragmentPath: '',
  dropInPaths: [],
  fragmentMtimeSeconds: 0,
  dropInMtimeSeconds: 0,
  description: '',
  documentation: [],
  dependencies: {},
  hasDefaultDependencies: true,
  conditions: [],
  service: undefined,
  mount: undefined,
  startLimit: { intervalNs: 10e9, burst: 5 },
}

const graphOf = (...configs: readonly UnitConfig[]): DependencyGraph =>
  new DependencyGraph(new Map(configs.map(one => [one.id, one])), name => name)

it('Before= of one unit is After= of the other', () => {
  const graph = graphOf(config('x.service', { Before: ['y.service'] }), config('y.service', {}))
  expect(graph.after('y.service')).toEqual(['x.service'])
  expect(graph.before('x.service')).toEqual(['y.service'])
})

it('a target comes after what it wants, unless that says that it comes after the target', () => {
  const graph = graphOf(
    config('t.target', { Wants: ['x.service', 'y.service'] }),
    config('x.service', {}),
    config('y.service', { After: ['t.target'] }),
  )
  expect(graph.after('t.target')).toEqual(['x.service'])
  expect(graph.after('y.service')).toEqual(['t.target'])
})

it('who requires a unit is found from that unit', () => {
  const graph = graphOf(config('x.service', { Requires: ['y.service'] }), config('y.service', {}))
  expect(graph.by('y.service', 'Requires', 'BindsTo')).toEqual(['x.service'])
})
