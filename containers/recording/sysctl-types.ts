import type { Image, SysctlRecord } from '../../src/format/image.ts'
import { lines } from './proc.ts'

type Records = Readonly<Record<string, SysctlRecord>>

/** An image with what `probe-sysctl.pl` found out of its sysctls, those that its modules bring too. */
export function withSysctlTypes(image: Omit<Image, 'digest'>, probed: string): Omit<Image, 'digest'> {
  const types = new Map(
    lines(probed).map(line => {
      const [path = '', accepts = '', sets = ''] = line.split('\t')
      return [path, { accepts, ...(sets === '' ? {} : { sets }) }] as const
    }),
  )
  const typed = (records: Records): Records =>
    Object.fromEntries(
      Object.entries(records).map(([path, record]) => [path, { ...record, ...types.get(path) }]),
    )
  const { kernel } = image
  const modules = Object.entries(kernel.modules ?? {}).map(
    ([name, module]) =>
      [
        name,
        module.loaded === undefined
          ? module
          : { ...module, loaded: { ...module.loaded, sysctl: typed(module.loaded.sysctl) } },
      ] as const,
  )
  return {
    ...image,
    kernel: {
      ...kernel,
      sysctl: typed(kernel.sysctl),
      ...(kernel.modules === undefined ? {} : { modules: Object.fromEntries(modules) }),
    },
  }
}
