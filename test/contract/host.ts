import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { describeBatches } from './batches.ts'
import { describeExec } from './exec.ts'
import { describeFiles } from './files.ts'
import { describeWrites } from './writes.ts'

/** What some hosts cannot show, each of which a suite leaves out only with a reason. */
export type Ability =
  | 'two batches run at the same time'
  | 'file systems can be mounted'
  | 'the owner of a file can be changed'
  | 'real time passes'
  | 'arguments have a limit'

export interface OpenedHost {
  readonly host: Host
  /** An empty directory on the host, on a file system that keeps files. */
  readonly scratchDir: string
  readonly close: () => Promise<void>
}

/** What the chapters of the suite are given. */
export interface Contract {
  readonly host: () => Host
  /** A path below the scratch directory. */
  readonly path: (name: string) => string
  /** A test that needs an ability; where the host does not have it, it is reported as left out with the reason. */
  readonly needing: (ability: Ability, title: string, body: () => Promise<void>) => void
}

/** What every host must do, whatever it is made of: one body, called by one file an adapter. */
export function describeHostContract(
  name: string,
  open: () => Promise<OpenedHost>,
  without: Readonly<Partial<Record<Ability, string>>> = {},
): void {
  describe(`the contract of a host, kept by ${name}`, () => {
    let opened: OpenedHost | undefined
    const there = (): OpenedHost => {
      if (opened === undefined) throw new Error('the host is open only while tests run')
      return opened
    }
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(async () => opened?.close())
    const contract: Contract = {
      host: () => there().host,
      path: name => `${there().scratchDir}/${name}`,
      needing: (ability, title, body) => {
        const reason = without[ability]
        if (reason === undefined) test(title, body)
        else test.skip(`${title} (left out: ${reason})`, body)
      },
    }
    describeExec(contract)
    describeFiles(contract)
    describeWrites(contract)
    describeBatches(contract)
  })
}
