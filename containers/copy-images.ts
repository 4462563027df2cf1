/** A step of the build: the images go where the compiled simulator looks for them. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'

const from = join(import.meta.dirname, '../../sim/images')
const to = join(import.meta.dirname, '../sim/images')

cpSync(from, to, { recursive: true })
