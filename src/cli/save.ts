import type { Host } from '../host/host.ts'
import { saveHost } from '../hosts.ts'
import { OperatorError } from './exit-status.ts'

/** What `--save` asks for; a file that cannot be written is the operator's to mend. */
export async function saveMachine(host: Host, path: string): Promise<void> {
  try {
    await saveHost(host, path)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new OperatorError(`${path}: the machine cannot be saved (${error.message})`)
  }
}
