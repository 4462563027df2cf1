/** Seatrial as a library: the engine, its configuration, hosts by name, and simulated machines. */
export {
  DEFAULT_NODE_CONFIG,
  type NodeConfig,
  type NodeConfigReading,
  readNodeConfig,
} from './config/node-config.ts'
export {
  type ApplyReport,
  apply,
  type PlanReport,
  plan,
  type RunOptions,
  type VerifyReport,
  verify,
} from './engine/engine.ts'
export { describe as describeFailure, type Failure } from './engine/failure.ts'
export type { EngineEvent, Observer } from './engine/observer.ts'
export type { FileDiff, Note, Plan, Step } from './engine/phase.ts'
export type { Check } from './engine/verify.ts'
export type { ErrnoName } from './host/errno.ts'
export {
  type Entry,
  type Exec,
  type ExecReply,
  type Host,
  HostError,
  type HostErrorReason,
  isFailure,
  type List,
  type Read,
  type Remove,
  type Reply,
  type Request,
  type SendOptions,
  type Stat,
  Unsimulated,
  type Wait,
  type Write,
} from './host/host.ts'
export {
  type BootOptions,
  boot,
  type Difference,
  type FileView,
  type Machine,
  type MachineDiff,
  openHost,
  type ScriptResult,
  saveHost,
  UnknownHost,
} from './hosts.ts'
export { imageNames } from './images.ts'
