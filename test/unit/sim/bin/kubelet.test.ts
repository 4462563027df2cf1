import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { put, run } from '../../../simulated.ts'
import { withKubernetes } from '../kubelet/with-kubernetes.ts'

const CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
`

const machines = new Map<number, Machine>()

beforeAll(async () => {
  for (const minor of [24, 26, 31]) machines.set(minor, await withKubernetes('debian-12', minor))
})

/** A machine with a kubelet of a minor version, whose configuration and kubeconfig are there. */
function node(minor: number, config = CONFIG): Machine {
  const machine = machines.get(minor)?.fork()
  if (machine === undefined) throw new Error(`no machine with 1.${minor}`)
  put(machine, '/var/lib/kubelet/config.yaml', config)
  put(machine, '/etc/kubernetes/kubelet.conf', 'apiVersion: v1\nkind: Config\n')
  put(
    machine,
    '/var/lib/kubelet/kubeadm-flags.env',
    'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///run/containerd/containerd.sock"\n',
  )
  return machine
}

const state = async (machine: Machine) => {
  await run(machine, ['systemctl', 'restart', 'kubelet'])
  await machine.sleep(1e9)
  return (await run(machine, ['systemctl', 'is-active', 'kubelet'])).stdout.trim()
}

const reason = async (machine: Machine) => {
  const { stdout } = await run(machine, ['journalctl', '-u', 'kubelet', '-o', 'cat', '--no-pager'])
  return /"command failed" err="(.*)"$/m.exec(stdout)?.[1]
}

describe('the kubelet', () => {
  it('tells its version', async () => {
    expect((await run(node(31), ['kubelet', '--version'])).stdout).toBe('Kubernetes v1.31.0\n')
  })

  it.each([24, 26, 31])('1.%i stays when nothing is in its way', async minor => {
    const machine = node(minor)
    expect(await state(machine)).toBe('active')
    expect(await reason(machine)).toBeUndefined()
  })

  it('ends again and again until kubeadm has written its configuration', async () => {
    const machine = machines.get(31)?.fork() ?? node(31)
    expect(await state(machine)).toBe('activating')
    expect(await reason(machine)).toBe(
      'failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to load Kubelet config file /var/lib/kubelet/config.yaml, error failed to read kubelet config file \\"/var/lib/kubelet/config.yaml\\", error: open /var/lib/kubelet/config.yaml: no such file or directory',
    )
  })

  it('does not run with swap unless it is told to', async () => {
    const swap =
      'dd if=/dev/zero of=/swapfile bs=1M count=8 2>/dev/null; chmod 600 /swapfile; mkswap /swapfile >/dev/null; swapon /swapfile'
    const machine = node(31)
    await run(machine, ['sh', '-c', swap])
    expect(await state(machine)).toBe('activating')
    expect(await reason(machine)).toMatch(
      /^failed to run Kubelet: running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false\. \/proc\/swaps contained: \[Filename/,
    )
    put(machine, '/var/lib/kubelet/config.yaml', `${CONFIG}failSwapOn: false\n`)
    expect(await state(machine)).toBe('active')
  })

  it('takes no flag that its release has lost', async () => {
    const env = 'KUBELET_EXTRA_ARGS=--network-plugin=cni\n'
    const machine = node(24)
    put(machine, '/etc/default/kubelet', env)
    expect(await state(machine)).toBe('activating')
    expect(await reason(machine)).toBe('failed to parse kubelet flag: unknown flag: --network-plugin')
  })

  it('1.26 and later want CRI v1, which a containerd without its CRI plugin does not serve', async () => {
    const machine = node(31)
    put(
      machine,
      '/etc/containerd/config.toml',
      'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
    )
    await run(machine, ['systemctl', 'restart', 'containerd'])
    expect(await state(machine)).toBe('activating')
    expect(await reason(machine)).toBe(
      'failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
    )
  })

  it('changes no kernel value with protectKernelDefaults, and refuses others than its own', async () => {
    const machine = node(31, `${CONFIG}protectKernelDefaults: true\n`)
    expect(await state(machine)).toBe('activating')
    expect(await reason(machine)).toContain(
      'invalid kernel flag: vm/overcommit_memory, expected value: 1, actual value: 0',
    )
    const values = 'vm.overcommit_memory=1 vm.panic_on_oom=0 kernel.panic=10 kernel.panic_on_oops=1'
    await run(machine, [
      'sh',
      '-c',
      `sysctl -w ${values} kernel.keys.root_maxkeys=1000000 kernel.keys.root_maxbytes=25000000`,
    ])
    expect(await state(machine)).toBe('active')
  })
})
