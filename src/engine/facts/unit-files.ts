import type { Reply, Request } from '../../host/host.ts'
import { decodeText } from '../../host/surrogate-escape.ts'
import type { LoadedFile, StampedService } from '../stamp.ts'
import type { Fact } from './fact.ts'
import { directoryState, fileState } from './replies.ts'

/** The files that a service's unit is made of. */
export interface UnitFiles {
  /** The unit file that counts, and the drop-ins of the administrator. */
  readonly files: readonly LoadedFile[]
  /** The command line that starts the service, as it is written; empty where there is no unit file. */
  readonly execStart: string
}

/** In the order of precedence: systemd.unit(5). /lib comes last where it is not a link to /usr/lib. */
const UNIT_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map(
  root => `${root}/systemd/system`,
)
const SERVICES: readonly StampedService[] = ['containerd', 'kubelet']
const REQUESTS_EACH = UNIT_DIRECTORIES.length + 1

export const unitFiles: Fact<Readonly<Record<StampedService, UnitFiles>>> = {
  name: 'unit-files',
  requests: () => SERVICES.flatMap(requestsFor),
  parse: replies => ({
    containerd: filesOf('containerd', replies.slice(0, REQUESTS_EACH)),
    kubelet: filesOf('kubelet', replies.slice(REQUESTS_EACH)),
  }),
}

const unitPath = (directory: string, service: StampedService): string => `${directory}/${service}.service`

const dropInDirectory = (service: StampedService): string => `/etc/systemd/system/${service}.service.d`

const requestsFor = (service: StampedService): readonly Request[] => [
  { kind: 'list', path: dropInDirectory(service), contentOf: '.conf' },
  ...UNIT_DIRECTORIES.map(directory => ({ kind: 'read', path: unitPath(directory, service) }) as const),
]

function filesOf(service: StampedService, [dropIns, ...units]: readonly Reply[]): UnitFiles {
  const found = units.map((reply, i) => ({
    path: unitPath(UNIT_DIRECTORIES[i] ?? '', service),
    state: fileState(reply),
  }))
  const unit = found.flatMap(({ path, state }) =>
    state.isThere ? [{ path, text: state.text, ctimeSeconds: state.ctimeSeconds }] : [],
  )[0]
  const files = [...(unit === undefined ? [] : [unit]), ...dropInFiles(service, dropIns)]
  return { files, execStart: execStartOf(files.map(file => file.text)) }
}

const dropInFiles = (service: StampedService, reply: Reply | undefined): readonly LoadedFile[] =>
  directoryState(dropInDirectory(service), reply).entries.flatMap(({ name, stat, content }) =>
    typeof content === 'object'
      ? [
          {
            path: `${dropInDirectory(service)}/${name}`,
            text: decodeText(content),
            ctimeSeconds: stat.ctimeSeconds,
          },
        ]
      : [],
  )

/** The last assignment counts for a service that starts one process; lines that end in a backslash go on. */
function execStartOf(texts: readonly string[]): string {
  const lines = texts.flatMap(text => text.replace(/\\\n/g, ' ').split('\n'))
  const values = lines.flatMap(line => /^\s*ExecStart\s*=\s*(.*?)\s*$/.exec(line)?.[1] ?? [])
  return values.at(-1)?.replace(/^[-@:+!|]+/, '') ?? ''
}
