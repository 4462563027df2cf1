/**
 * Records what `sysctl --system` and `systemd-sysctl` of a real Debian 12 make of drawn sets of files: the value that
 * net.ipv4.ip_forward has afterwards.
 */
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { startContainer } from '../../../containers/start.ts'

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

const container = await startContainer('debian-12')
try {
  const rows = []
  for (const drawn of fc.sample(files, { numRuns: COUNT, seed: 12 })) {
    const texts = Object.fromEntries(
      Object.entries(drawn).map(([path, lines]) => [path, `${lines.join('\n')}\n`]),
    )
    await container.exec(['bash', '-euc', `rm -f ${FILES.join(' ')} /etc/sysctl.d/99-sysctl.conf`])
    for (const [path, text] of Object.entries(texts)) {
      await container.exec(
        ['bash', '-euc', `mkdir -p ${path.replace(/[^/]*$/, '')}; cat > ${path}`],
        Buffer.from(text),
      )
    }
    rows.push({
      files: texts,
      'sysctl --system': await valueAfter('sysctl --system'),
      'systemd-sysctl': await valueAfter('/lib/systemd/systemd-sysctl'),
    })
  }
  const header = { environment: 'container debian-12', initial: INITIAL }
  writeFileSync(
    'test/cases/sysctl-loaders/recorded.json',
    `${JSON.stringify(header).slice(0, -1)},"rows":[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]}\n`,
  )
} finally {
  await container.stop()
}

async function valueAfter(command: string): Promise<string> {
  const script = `echo ${INITIAL} > /proc/sys/net/ipv4/ip_forward; ${command} >&2 || true; cat /proc/sys/net/ipv4/ip_forward`
  const { stdout } = await container.exec(['bash', '-euc', script])
  return stdout.toString().trim()
}
