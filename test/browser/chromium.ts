import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from '../../containers/command.ts'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Time of the page: it goes on only while nothing is left to do, so the page is read when it has come to its end.
  '--virtual-time-budget=600000',
]

/** Files of a site by path, each with its media type. */
export type Site = Readonly<Record<string, { readonly type: string; readonly text: string }>>

/** What stands in a site's `/` when its scripts have run, in a Chromium of its own. */
export async function pageText(site: Site): Promise<string> {
  const server = createServer((request, response) => {
    const file = site[request.url ?? '']
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' })
    response.end(file?.text ?? '')
  })
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-chromium-'))
  try {
    const url = await listen(server)
    return await mustRun(['chromium', ...FLAGS, `--user-data-dir=${directory}`, '--dump-dom', url])
  } finally {
    server.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}/`
}
