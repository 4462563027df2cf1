/** A network interface as ip(8) tells of it. */
export interface Link {
  readonly index: number
  readonly name: string
  /** Between angle brackets: `LOOPBACK,UP,LOWER_UP`. */
  readonly flags: string
  /** What follows on the first line: `mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000`. */
  readonly attributes: string
  /** `link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00`. */
  readonly hardware: string
}

/** The interfaces that `ip -o link` listed. */
export function parseLinks(text: string): readonly Link[] {
  return text.split('\n').flatMap(line => {
    const match = /^(\d+): (\S+?): <([^>]*)> (.*?)\\ {4}(\S.*?)\s*$/.exec(line)
    if (match === null) return []
    const [, index = '', name = '', flags = '', attributes = '', hardware = ''] = match
    return [{ index: Number(index), name, flags, attributes, hardware }]
  })
}
