import { decodeText } from '../../host/surrogate-escape.ts'
import { parseStamp, STAMP_DIRECTORY, type Stamp, type StampedService } from '../stamp.ts'
import type { Fact } from './fact.ts'
import { type DirectoryState, directoryState } from './replies.ts'

/** What an earlier run left under /run about the services that it restarted. */
export interface Stamps {
  readonly directoryExists: boolean
  readonly containerd?: Stamp
  readonly kubelet?: Stamp
}

export const stamps: Fact<Stamps> = {
  name: 'stamps',
  requests: () => [{ kind: 'list', path: STAMP_DIRECTORY, contentOf: '.json' }],
  parse: ([reply]) => {
    const directory = directoryState(STAMP_DIRECTORY, reply)
    const containerd = stampOf(directory, 'containerd')
    const kubelet = stampOf(directory, 'kubelet')
    return {
      directoryExists: directory.errno === undefined,
      ...(containerd !== undefined && { containerd }),
      ...(kubelet !== undefined && { kubelet }),
    }
  },
}

function stampOf({ entries }: DirectoryState, service: StampedService): Stamp | undefined {
  const content = entries.find(entry => entry.name === `${service}.json`)?.content
  return typeof content === 'object' ? parseStamp(decodeText(content)) : undefined
}
