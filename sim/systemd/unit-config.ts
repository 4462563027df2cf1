import { EXEC_KINDS, type ServiceConfig, type UnitConfig } from './state.ts'

const NO_COMMANDS = Object.fromEntries(
  EXEC_KINDS.map(kind => [kind, []]),
) as unknown as ServiceConfig['commands']

/** What a service is of which no file says anything. */
export const UNSAID: ServiceConfig = {
  type: 'simple',
  commands: NO_COMMANDS,
  environment: [],
  environmentFiles: [],
  workingDirectory: '/',
  isWorkingDirectoryOptional: false,
  user: '',
  group: '',
  restart: 'no',
  restartSecNs: 100e6,
  timeoutStartNs: 90e9,
  timeoutStopNs: 90e9,
  remainAfterExit: false,
  successExitStatus: [],
  restartPreventExitStatus: [],
  restartForceExitStatus: [],
  killMode: 'control-group',
  isSigkillSent: true,
  standardOutput: 'journal',
  standardError: 'inherit',
  syslogIdentifier: '',
  notModelled: [],
}

/** A unit of which no file says anything. */
export function emptyConfig(id: string): UnitConfig {
  return {
    id,
    names: [id],
    loadState: 'loaded',
    fragmentPath: '',
    dropInPaths: [],
    fragmentMtimeSeconds: 0,
    dropInMtimeSeconds: 0,
    description: id,
    documentation: [],
    dependencies: {},
    hasDefaultDependencies: true,
    conditions: [],
    service: id.endsWith('.service') ? UNSAID : undefined,
    mount: undefined,
    startLimit: { intervalNs: 10e9, burst: 5 },
  }
}
