import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandLineOf } from '../../../../sim/bin/getopt.ts'
import { programs } from '../../../../sim/bin/index.ts'
import { covers } from '../../../../sim/coverage/covers.ts'
import { Machine } from '../../../../sim/machine.ts'
import { readImage } from '../../../../src/hosts.ts'

let machine: Machine

beforeAll(async () => {
  machine = await Machine.boot(await readImage('debian-12'))
})

/** `3 NO ip`, one for each finding. */
const told = (script: string, dialect: 'bash' | 'dash' = 'bash'): readonly string[] =>
  covers(machine, script, dialect).map(({ line, name, verdict }) => `${line} ${verdict} ${name}`)

const openOnes = (script: string): readonly string[] =>
  told(script).filter(text => !/^\d+ modelled /.test(text))

describe('what of a script is modelled', () => {
  it('is all of what the Kubernetes documentation asks of a host', () => {
    const script = readFileSync(new URL('../../../parity/upstream.sh', import.meta.url), 'utf8')
    expect(openOnes(script)).toEqual([])
    expect(told(script)).toContain('6 modelled modprobe')
  })

  it('names commands by the line that they stand on, builtins, functions and programs alike', () => {
    expect(covers(machine, 'f() {\n  lsmod\n}\ncd /tmp\nf', 'bash')).toEqual([
      { line: 2, kind: 'program', name: 'lsmod', verdict: 'modelled' },
      { line: 4, kind: 'builtin', name: 'cd', verdict: 'modelled' },
      { line: 5, kind: 'function', name: 'f', verdict: 'modelled' },
    ])
  })

  it('tells a program that Debian has and that is not modelled from one that it has not', () => {
    expect(told('iptables -L\nkubeadm init')).toEqual(['1 unmodelled iptables', '2 absent kubeadm'])
  })

  it('looks at options: those that are not modelled, and those that the real program refuses too', () => {
    expect(covers(machine, 'modprobe --dump-modversions x\nswapoff --bogus', 'bash')).toEqual([
      {
        line: 1,
        kind: 'program',
        name: 'modprobe',
        verdict: 'unmodelled',
        reason: 'the option --dump-modversions is not modelled',
      },
      {
        line: 2,
        kind: 'program',
        name: 'swapoff',
        verdict: 'refused',
        reason: "swapoff: unrecognized option '--bogus'",
      },
    ])
  })

  it.each([
    ['systemctl list-timers', '1 unmodelled systemctl'],
    ['ctr images pull x', '1 unmodelled ctr'],
    ['containerd publish', '1 unmodelled containerd'],
    ['tc qdisc', '1 unmodelled tc'],
    ['ulimit -n 5', '1 unmodelled ulimit'],
    ['trap x DEBUG', '1 unmodelled trap'],
    ['exec -c ls', '1 unmodelled exec'],
    ['type -a ls', '1 unmodelled type'],
    ['[[ -R x ]]', '1 unmodelled [[ -R … ]]'],
    ['echo ${x@P}', '1 unmodelled ${x@P}'],
    ['bash --login x', '1 unmodelled bash'],
  ])('%s is not', (script, finding) => {
    expect(openOnes(script)).toContain(finding)
  })

  it.each([
    ['sudo -n env A=b timeout 5 tc qdisc', '1 unmodelled tc'],
    ['xargs -n1 tc < x', '1 unmodelled tc'],
    ['flock /run/x tc qdisc', '1 unmodelled tc'],
    ["bash -c 'echo\ntc qdisc'", '2 unmodelled tc'],
    ["trap 'tc qdisc' EXIT", '1 unmodelled tc'],
    ["eval 'tc qdisc'", '1 unmodelled tc'],
    ['command tc qdisc', '1 unmodelled tc'],
    ['exec tc qdisc', '1 unmodelled tc'],
    ['echo\necho "$(echo\ntc qdisc)"', '3 unmodelled tc'],
    ['cat <(tc qdisc)', '1 unmodelled tc'],
    ['echo $(( $(tc qdisc) ))', '1 unmodelled tc'],
    ['cat <<E\n$(tc qdisc)\nE', '1 unmodelled tc'],
    ['if ! tc qdisc; then :; fi', '1 unmodelled tc'],
    ['echo ${x:-$(tc qdisc)}', '1 unmodelled tc'],
  ])('is looked for inside of %j', (script, finding) => {
    expect(openOnes(script)).toEqual([finding])
  })

  it('knows what a variable holds that the script itself sets, and says of others that they are unknown', () => {
    expect(told('SUDO=sudo\nfor m in overlay br_netfilter; do $SUDO modprobe $m; done')).toEqual([
      '2 modelled sudo',
      '2 modelled modprobe',
    ])
    expect(told('c=tc\n$c qdisc\nc=lsmod')).toEqual(['2 unmodelled tc', '2 modelled lsmod'])
    expect(told('read c\n$c x\nmodprobe $m\nmodprobe "$m"\nrm "$@"')).toEqual([
      '1 modelled read',
      '2 unknown $c',
      '3 unknown modprobe',
      '4 modelled modprobe',
      '5 unknown rm',
    ])
    expect(openOnes('c=tc\neval "$x"\n$c qdisc')).toEqual(['2 unknown eval "$x"', '3 unknown $c'])
  })

  it('says what cannot be told: files that are sourced, scripts that are run, what follows what cannot be read', () => {
    expect(openOnes('. ./lib.sh')).toEqual(['1 unknown ./lib.sh'])
    expect(openOnes('bash install.sh')).toEqual(['1 unknown bash'])
    expect(openOnes('./mine')).toEqual(['1 unknown ./mine'])
    expect(openOnes('echo\ncoproc ls\nip')).toEqual(['2 unmodelled coproc', '2 unknown the rest'])
  })

  it('tells what the shell refuses, which ends a real run as well', () => {
    expect(told('echo a\necho )\nip')).toEqual(['1 modelled echo', '2 refused syntax error'])
    expect(told('a=(1)', 'dash')).toEqual(['1 refused syntax error'])
  })

  it('changes nothing', () => {
    const before = machine.fork()
    covers(machine, 'set -e; cd /tmp; export A=b; kill 1; rm -rf /; hash -r; wait', 'bash')
    expect(machine.diff(before)).toEqual({ files: [], sysctl: [], modules: [], units: [], mounts: [] })
  })
})

it('every program of the simulator tells what it takes', () => {
  const shells = ['bash', 'dash']
  const silent = Object.entries(programs).filter(
    ([name, program]) => !shells.includes(name) && commandLineOf(program) === undefined,
  )
  expect(silent.map(([name]) => name)).toEqual([])
})
