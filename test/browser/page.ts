import { Machine } from '../../sim/door.ts'

/** What the page is given, and Node too. */
export interface Task {
  readonly image: Parameters<typeof Machine.boot>[0]
  readonly script: string
}

/** What came of a script on a fresh machine, and how the machine then differed from an untouched one, as JSON. */
export async function runTask({ image, script }: Task): Promise<string> {
  const machine = await Machine.boot(image)
  const untouched = machine.fork()
  const result = await machine.run(script)
  return JSON.stringify({ result, changed: machine.diff(untouched) })
}
