/** A step of the build: the images go where the compiled simulator looks for them. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const from = join(import.meta.dirname, '../../sim/images')
const to = join(import.meta.dirname, '../sim/images')

mkdirSync(to, { recursive: true })
for (const name of readdirSync(from).filter(file => file.endsWith('.json')))
  copyFileSync(join(from, name), join(to, name))
