import type { NodeConfig } from '../../config/node-config.ts'
import type { Reply, Request } from '../../host/host.ts'

/** Something to know of a host: what to ask, and what the answers mean. All facts are asked in one batch. */
export interface Fact<T> {
  readonly name: string
  requests(config: NodeConfig): readonly Request[]
  /** Gets one reply a request, in the same order; never fails: what could not be read is part of the value. */
  parse(replies: readonly Reply[], config: NodeConfig): T
  /** What must be asked because of the first answers; an empty list ends it. */
  more?(value: T): readonly Request[]
  withMore?(value: T, replies: readonly Reply[]): T
}
