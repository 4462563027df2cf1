/**
 * Records what `sysctl --system` and `systemd-sysctl` of real releases make of drawn sets of files: the value that
 * net.ipv4.ip_forward has afterwards.
 */
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { releaseNames } from '../../../containers/release.ts'
import { type StartedContainer, startContainer } from '../../../containers/start.ts'

const FILES = [
  '/etc/sysctl.d/10-site.conf',
  '/run/sysctl.d/10-site.conf',
  '/usr/lib/sysctl.d/k8s.conf',
  '/etc/sysctl.d/k8s.conf',
  '/usr/local/lib/sysctl.d/zz.conf',
  '/run/sysctl.d/zz.conf',
  '/etc/sysctl.conf',
]
const KEYS = [
  'net.ipv4.ip_forward',
  'net/ipv4/ip_forward',
  '-net.ipv4.ip_forward',
  'net.ipv4.conf.all.forwarding',
  'net.ipv4.conf.*.forwarding',
  'net.ipv4.ip_forw*',
  'net.ipv4.ip_forwar[a-d]',
]
const EXCLUSIONS = ['-net.ipv4.ip_forward', '-net/ipv4/conf/all/forwarding']
const COUNT = 80
/** What no line sets. */
const INITIAL = '7'

const assignment = fc
  .record({
    key: fc.constantFrom(...KEYS),
    equals: fc.constantFrom('=', ' = ', '\t='),
    value: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ key, equals, value }) => `${key}${equals}${value}`)
const line = fc.oneof(
  { weight: 6, arbitrary: assignment },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...EXCLUSIONS, '# net.ipv4.ip_forward = 6', '; no', '', 'no assignment'),
  },
)
const files = fc.dictionary(fc.constantFrom(...FILES), fc.array(line, { minLength: 1, maxLength: 3 }), {
  minKeys: 1,
  maxKeys: 4,
})

const named = process.argv.slice(2)
for (const release of named.length > 0 ? named : releaseNames()) {
  const container = await startContainer(release)
  try {
    await record(release, container)
  } finally {
    await container.stop()
  }
}

async function record(release: string, container: StartedContainer): Promise<void> {
  const rows = []
  for (const drawn of fc.sample(files, { numRuns: COUNT, seed: 12 })) {
    const texts = Object.fromEntries(
      Object.entries(drawn).map(([path, lines]) => [path, `${lines.join('\n')}\n`]),
    )
    await container.exec(['bash', '-euc', preparation(texts)])
    rows.push({
      files: texts,
      'sysctl --system': await valueAfter('sysctl --system', container),
      'systemd-sysctl': await valueAfter('/lib/systemd/systemd-sysctl', container),
    })
  }
  const { stdout } = await container.exec(['sysctl', '--version'])
  const procpsMajor = Number(/procps-ng (\d+)/.exec(stdout.toString())?.[1])
  const header = { environment: `container ${release}`, procpsMajor, initial: INITIAL }
  writeFileSync(
    `test/cases/sysctl-loaders/recorded/${release}.json`,
    `${JSON.stringify(header).slice(0, -1)},"rows":[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]}\n`,
  )
}

/** A script that leaves these files and none of the other ones. */
function preparation(texts: Readonly<Record<string, string>>): string {
  const writes = Object.entries(texts).map(
    ([path, text]) => `mkdir -p ${path.replace(/[^/]*$/, '')}; cat > ${path} <<'END'\n${text}END`,
  )
  return [`rm -f ${FILES.join(' ')} /etc/sysctl.d/99-sysctl.conf`, ...writes].join('\n')
}

async function valueAfter(command: string, container: StartedContainer): Promise<string> {
  const script = `echo ${INITIAL} > /proc/sys/net/ipv4/ip_forward; ${command} >&2 || true; cat /proc/sys/net/ipv4/ip_forward`
  const { stdout } = await container.exec(['bash', '-euc', script])
  return stdout.toString().trim()
}
