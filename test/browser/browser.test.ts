import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { describe, expect, it } from 'vitest'
import { isInstalled } from '../../containers/command.ts'
import { readImage } from '../../src/hosts.ts'
import { bundlePage } from './bundle.ts'
import { pageText } from './chromium.ts'
import { runTask } from './page.ts'
import { STAND_INS } from './stand-ins.ts'

const SCRIPT = readFileSync(new URL('../parity/upstream.sh', import.meta.url), 'utf8')

const PAGE = `<!doctype html><meta charset="utf-8"><pre id="said"></pre><script type="module">
const said = document.getElementById('said')
try {
  const { runTask } = await import('/bundle.js')
  said.textContent = btoa(encodeURIComponent(await runTask(await (await fetch('/task.json')).json())))
} catch (error) {
  said.textContent = 'failed: ' + error.stack
}
</script>`

const isRequired = process.env.SEATRIAL_REQUIRE_REAL === '1'
const isPossible = isRequired || (await isInstalled('chromium'))

describe('the simulator in a browser', async () => {
  const { code, modules, imports } = await bundlePage()

  it('has nothing of Node in its bundle, by the list of the bundler', () => {
    expect(modules.some(path => path.endsWith('/sim/machine.ts'))).toBe(true)
    expect(imports).toEqual([])
    expect(modules.filter(path => path.startsWith('node:') || builtinModules.includes(path))).toEqual([])
  })

  it('has no stand-in that is empty, or that nothing needs', () => {
    for (const [name, path] of Object.entries(STAND_INS)) {
      expect(readFileSync(path, 'utf8').length, name).toBeGreaterThan(100)
      expect(modules, `${name} is needed by nothing`).toContain(path)
    }
  })

  it.skipIf(!isPossible)(
    `makes of the upstream page's script in Chromium what it makes of it in Node${isPossible ? '' : ' (not run: there is no chromium)'}`,
    async () => {
      const task = { image: await readImage('debian-12'), script: SCRIPT }
      const said = await pageText({
        '/': { type: 'text/html', text: PAGE },
        '/bundle.js': { type: 'text/javascript', text: code },
        '/task.json': { type: 'application/json', text: JSON.stringify(task) },
      })
      const text = /<pre id="said">([^<]*)<\/pre>/.exec(said)?.[1] ?? said
      expect(text).not.toContain('failed')
      const inBrowser = JSON.parse(decodeURIComponent(atob(text)))
      expect(inBrowser).toEqual(JSON.parse(await runTask(task)))
      expect(inBrowser.result).toMatchObject({ exitCode: 0, stderr: '' })
    },
    120_000,
  )
})
