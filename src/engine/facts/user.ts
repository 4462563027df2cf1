import type { Fact } from './fact.ts'
import { run, said } from './replies.ts'

/** As whom the commands run. */
export interface User {
  /** The effective uid: `0`. */
  readonly uid: string
}

export const user: Fact<User> = {
  name: 'user',
  requests: () => [run('id', '-u')],
  parse: ([reply]) => ({ uid: said(reply)?.stdout.trim() ?? 'unknown' }),
}
