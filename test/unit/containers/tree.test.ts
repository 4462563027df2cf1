import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertKnownToKeyring } from '../../../containers/tree.ts'

let keyrings = ''
beforeEach(() => {
  keyrings = mkdtempSync(join(tmpdir(), 'seatrial-test-'))
})
afterEach(() => rmSync(keyrings, { recursive: true, force: true }))

test('a suite is known by its own key or that of the release before it', () => {
  writeFileSync(join(keyrings, 'debian-archive-trixie-automatic.gpg'), '')
  expect(() => assertKnownToKeyring('trixie', keyrings)).not.toThrow()
  expect(() => assertKnownToKeyring('forky', keyrings)).not.toThrow()
})

test('a suite without a key says which package brings it', () => {
  expect(() => assertKnownToKeyring('forky', keyrings)).toThrow(
    /forky: install a newer .*debian-archive-keyring/,
  )
})
