import { quoteGo } from '../formats/go-toml/quote.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'

/** A structured line of klog: `E1123 08:00:00.123456    1234 run.go:74] "command failed" err="…"`. */
export function klogError(process: Process, place: string, options: { message: string; err: string }): void {
  const { message, err } = options
  const seconds = process.clock.realtimeSeconds
  const micros = String(Math.floor((seconds % 1) * 1e6)).padStart(6, '0')
  const stamp = `${strftime('%m%d %H:%M:%S', seconds)}.${micros}`
  const head = `E${stamp} ${String(process.pid).padStart(7)} ${place}]`
  process.complain(`${head} ${quoteGo(message)} err=${quoteGo(err)}\n`)
}
