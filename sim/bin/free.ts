import type { Process } from '../process.ts'
import { type OptionSpec, type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'
import { procpsRelease } from './procps.ts'

const UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  kilo: 1000,
  mega: 1e6,
  giga: 1e9,
  tera: 1e12,
  peta: 1e15,
  kibi: 1024,
  mebi: 1024 ** 2,
  gibi: 1024 ** 3,
  tebi: 1024 ** 4,
  pebi: 1024 ** 5,
}

const SPEC: OptionSpec = {
  options: ['b,bytes', 'k,kibi', 'm,mebi', 'g,gibi', 'h,human', 't,total', 'w,wide', 'V,version'].concat(
    Object.keys(UNITS).filter(name => !/^(?:bytes|kibi|mebi|gibi)$/.test(name)),
  ),
  unsimulated: ['l,lohi', 'L,line', 'v,committed', 's,seconds:', 'c,count:', 'si'],
  hint: '',
}

/** free(1) of procps, of what /proc/meminfo has. */
export const free = withCommandLine(
  (process: Process): number => {
    try {
      const options = parseOptions(process, SPEC)
      if (options.has('version')) process.print(`free from procps-ng ${procpsRelease(process).version}\n`)
      else process.print(tableOf(process, options))
      return 0
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.complain(`${error.text}${usageOf(process)}`)
      return error.exitCode
    }
  },
  process => parseOptions(process, SPEC),
)

function tableOf(process: Process, options: ParsedOptions): string {
  const memory = readMeminfo(process)
  const of = (name: string): number => memory.get(name) ?? 0
  const cache = of('Cached') + of('SReclaimable')
  const available = of('MemAvailable')
  const used = procpsRelease(process).isGathering
    ? of('MemTotal') - available
    : of('MemTotal') - of('MemFree') - cache - of('Buffers')
  const isWide = options.has('wide')
  const cached = isWide ? [of('Buffers'), cache] : [of('Buffers') + cache]
  const rows: [string, number[]][] = [
    ['Mem:', [of('MemTotal'), used, of('MemFree'), of('Shmem'), ...cached, available]],
    ['Swap:', [of('SwapTotal'), of('SwapTotal') - of('SwapFree'), of('SwapFree')]],
  ]
  if (options.has('total')) {
    const [total = 0, usedSwap = 0, freeSwap = 0] = rows[1]?.[1] ?? []
    rows.push(['Total:', [of('MemTotal') + total, used + usedSwap, of('MemFree') + freeSwap]])
  }
  const names = [
    'total',
    'used',
    'free',
    'shared',
    ...(isWide ? ['buffers', 'cache'] : ['buff/cache']),
    'available',
  ]
  const scale = scaleOf(options)
  const line = (label: string, cells: readonly string[]): string =>
    `${label.padEnd(9)}${cells.map(cell => cell.padStart(11)).join(' ')}\n`
  return line('', names) + rows.map(([label, cells]) => line(label, cells.map(scale))).join('')
}

function scaleOf(options: ParsedOptions): (kib: number) => string {
  const name = options.all.findLast(
    option => Object.hasOwn(UNITS, option.name) || option.name === 'human',
  )?.name
  if (name === 'human') return humanSize
  const unit = UNITS[name ?? 'kibi'] ?? 1024
  return kib => String(Math.floor((kib * 1024) / unit))
}

/** scale_size() of src/free.c: at most five characters, one digit after the point where that fits. */
function humanSize(kib: number): string {
  const bytes = kib * 1024
  if (`${bytes}B`.length <= 4) return `${bytes}B`
  for (const [at, letter] of [...'KMGTP'].entries()) {
    const value = bytes / 1024 ** (at + 1)
    for (const text of [`${Math.fround(value).toFixed(1)}${letter}i`, `${Math.floor(value)}${letter}i`])
      if (text.length <= 5) return text
  }
  return `${Math.floor(bytes / 1024 ** 5)}Pi`
}

/** Lines of proc_meminfo(5), in KiB. */
function readMeminfo(process: Process): ReadonlyMap<string, number> {
  const rows = process.readText('/proc/meminfo').matchAll(/^(\w+): +(\d+) kB$/gm)
  return new Map([...rows].map(([, name = '', kib]) => [name, Number(kib)]))
}

const usageOf = (process: Process): string => {
  const { isGathering } = procpsRelease(process)
  return `
Usage:
 free [options]

Options:
 -b, --bytes         show output in bytes
     --kilo          show output in kilobytes
     --mega          show output in megabytes
     --giga          show output in gigabytes
     --tera          show output in terabytes
     --peta          show output in petabytes
 -k, --kibi          show output in kibibytes
 -m, --mebi          show output in mebibytes
 -g, --gibi          show output in gibibytes
     --tebi          show output in tebibytes
     --pebi          show output in pebibytes
 -h, --human         show human-readable output
     --si            use powers of 1000 not 1024
 -l, --lohi          show detailed low and high memory statistics
${isLineKnown(process) ? ' -L, --line          show output on a single line\n' : ''}\
 -t, --total         show total for RAM + swap
${isGathering ? ' -v, --committed     show committed memory and commit limit\n' : ''}\
 -s N, --seconds N   repeat printing every N seconds
 -c N, --count N     repeat printing N times, then exit
 -w, --wide          wide output

     --help     display this help and exit
 -V, --version  output version information and exit

For more details see free(1).
`
}

/** -L came with 4.0.4. */
const isLineKnown = (process: Process): boolean => procpsRelease(process).errnoOfReadOnly === 'EPERM'
