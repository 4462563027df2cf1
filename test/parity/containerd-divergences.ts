/** A recorded case that is answered otherwise here. One that comes to agree fails the test: its row has to go. */
export interface ContainerdDivergence {
  readonly version: string
  readonly of: 'dump' | 'daemon'
  readonly case: string
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

const DIVERGENCES: readonly ContainerdDivergence[] = []

/** Runs the replay of a case, which has to fail where a divergence is listed. */
export async function replayOrDiverge(
  { version, of, name }: { version: string; of: ContainerdDivergence['of']; name: string },
  replay: () => void | Promise<void>,
): Promise<void> {
  const known = DIVERGENCES.find(row => row.version === version && row.of === of && row.case === name)
  if (known === undefined) return await replay()
  const agrees = await (async () => replay())().then(
    () => true,
    () => false,
  )
  if (agrees) throw new Error(`${of} of ${version}, ${name}: agrees by now, take its divergence away`)
}
