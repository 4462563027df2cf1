/** credentials(7): the identity that the kernel checks. */
export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  /** Effective capabilities, capabilities(7), lower case: `cap_sys_module`. */
  readonly capabilities: ReadonlySet<string>
}

/** The credentials of an ordinary user. */
export const userCredentials = (uid: number, gid = uid, groups: readonly number[] = []): Credentials => ({
  uid,
  gid,
  groups,
  capabilities: new Set(),
})

/** Whether a capability is in the effective set. */
export const isCapable = (credentials: Credentials, capability: string): boolean =>
  credentials.capabilities.has(capability)
