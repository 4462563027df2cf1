/**
 * A step of the build: what is no TypeScript goes where the compiled files look for it, the simulator's images and what
 * environments are made of.
 */
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

cpSync(join(root, 'sim/images'), join(root, 'dist/sim/images'), { recursive: true })

for (const entry of readdirSync(join(root, 'containers'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name.endsWith('.ts')) continue
  const path = join(entry.parentPath, entry.name)
  cpSync(path, path.replace(join(root, 'containers'), join(root, 'dist/containers')))
}
