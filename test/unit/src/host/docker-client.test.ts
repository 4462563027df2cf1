import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dockerCommand, PRIVATE_DOCKER_HOST } from '../../../../src/host/docker-client.ts'

const onlyPrivate = (path: string) => path === PRIVATE_DOCKER_HOST.slice('unix://'.length)

let config = ''
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'seatrial-test-'))
  vi.stubEnv('DOCKER_CONFIG', config)
  vi.stubEnv('DOCKER_HOST', undefined)
  vi.stubEnv('DOCKER_CONTEXT', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(config, { recursive: true, force: true })
})

test('the private engine is taken where it is the only one', () => {
  expect(dockerCommand(onlyPrivate)).toEqual(['docker', '-H', PRIVATE_DOCKER_HOST])
})

test('the default engine goes before the private one, and without either the client says so itself', () => {
  expect(dockerCommand(() => true)).toEqual(['docker'])
  expect(dockerCommand(() => false)).toEqual(['docker'])
})

test.each(['DOCKER_HOST', 'DOCKER_CONTEXT'])('%s is respected', name => {
  vi.stubEnv(name, 'somewhere')
  expect(dockerCommand(onlyPrivate)).toEqual(['docker'])
})

test('a context that was chosen is respected, the default one is no choice', () => {
  const write = (name: string) =>
    writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: name }))
  write('default')
  expect(dockerCommand(onlyPrivate)).toHaveLength(3)
  write('remote')
  expect(dockerCommand(onlyPrivate)).toEqual(['docker'])
})
