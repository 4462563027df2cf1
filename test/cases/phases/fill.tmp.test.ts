import { readFileSync, writeFileSync } from 'node:fs'
import { it } from 'vitest'
import { isMap, parseDocument } from 'yaml'
import { phases } from '../../../src/engine/phases/index.ts'
import { planned } from './phase-case.ts'

it('fill', () => {
  for (const phase of phases) {
    const f = `/work/main/test/cases/phases/${phase.name}/cases.yaml`
    const d = parseDocument(readFileSync(f, 'utf8'))
    for (const item of (d.contents as any).items) {
      item.delete('plan')
      const row = item.toJS(d)
      try {
        item.set('plan', d.createNode(planned(phase, row)))
      } catch (e) {
        console.log(phase.name, row.title, e)
      }
    }
    writeFileSync(f, d.toString({ lineWidth: 0 }))
  }
})
