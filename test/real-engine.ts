import { type DockerEngine, dockerEngine } from '../containers/docker-engine.ts'
import { EnvironmentMissing } from '../containers/environment-missing.ts'

let engine: DockerEngine | undefined

/** One engine for all test files of a run: started, where it has to be, before the first and ended after the last. */
export async function setup(): Promise<void> {
  try {
    engine = await dockerEngine()
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
  }
}

export function teardown(): void {
  engine?.stop()
}
