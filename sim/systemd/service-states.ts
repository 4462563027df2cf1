import type { ActiveState, ExecKind, ServiceState } from './state.ts'

/** ActiveState by SubState: state_translation_table of src/core/service.c. */
export const ACTIVE_STATES: Readonly<Record<ServiceState, ActiveState>> = {
  dead: 'inactive',
  condition: 'activating',
  'start-pre': 'activating',
  start: 'activating',
  'start-post': 'activating',
  running: 'active',
  exited: 'active',
  reload: 'reloading',
  stop: 'deactivating',
  'stop-sigterm': 'deactivating',
  'stop-sigkill': 'deactivating',
  'stop-post': 'deactivating',
  'final-sigterm': 'deactivating',
  'final-sigkill': 'deactivating',
  failed: 'failed',
  'auto-restart': 'activating',
  'auto-restart-queued': 'activating',
}

/** On the way up. */
export const STARTING: readonly string[] = ['condition', 'start-pre', 'start', 'start-post']
/** On the way down. */
export const STOPPING: readonly string[] = [
  'stop',
  'stop-sigterm',
  'stop-sigkill',
  'stop-post',
  'final-sigterm',
  'final-sigkill',
]
/** A main process may be there: service_set_state() forgets it in all other states. */
export const HAS_MAIN: readonly string[] = ['start', 'start-post', 'running', 'reload', ...STOPPING]
/** The same for a control process. */
export const HAS_CONTROL: readonly string[] = [...STARTING, 'reload', ...STOPPING]
/** The same for a time limit. */
export const HAS_TIMER: readonly string[] = [...HAS_CONTROL, 'running', 'auto-restart']

/** service_exec_command_to_string(), as the journal names a task. */
export const TASK_NAMES: Readonly<Record<ExecKind, string>> = {
  ExecCondition: 'exec-condition',
  ExecStartPre: 'start-pre',
  ExecStart: 'start',
  ExecStartPost: 'start-post',
  ExecReload: 'reload',
  ExecStop: 'stop',
  ExecStopPost: 'stop-post',
}
