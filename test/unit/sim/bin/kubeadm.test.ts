import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { run } from '../../../simulated.ts'
import { withKubernetes } from '../kubelet/with-kubernetes.ts'

const machines = new Map<number, Machine>()

beforeAll(async () => {
  for (const minor of [29, 31, 33]) machines.set(minor, await withKubernetes('debian-12', minor))
})

function node(minor: number): Machine {
  const machine = machines.get(minor)?.fork()
  if (machine === undefined) throw new Error(`no machine with 1.${minor}`)
  return machine
}

const init = (machine: Machine, minor: number, ...words: readonly string[]) =>
  run(machine, ['kubeadm', 'init', `--kubernetes-version=1.${minor}.0`, ...words])

describe('kubeadm’s checks before it does anything', () => {
  it('1.31 wants forwarding, and programs that it calls; warnings come first', async () => {
    expect(await init(node(31), 31)).toEqual({
      exitCode: 1,
      stdout: '[init] Using Kubernetes version: v1.31.0\n[preflight] Running pre-flight checks\n',
      stderr: `\t[WARNING FileExisting-ethtool]: ethtool not found in system path
\t[WARNING FileExisting-socat]: socat not found in system path
\t[WARNING Service-Kubelet]: kubelet service is not enabled, please run 'systemctl enable kubelet.service'
error execution phase preflight: [preflight] Some fatal errors occurred:
\t[ERROR FileExisting-conntrack]: conntrack not found in system path
\t[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
To see the stack trace of this error execute with --v=5 or higher
`,
    })
  })

  it('up to 1.29 want bridge-nf-call-iptables too, which is there when br_netfilter is', async () => {
    const machine = node(29)
    const key = '[ERROR FileContent--proc-sys-net-bridge-bridge-nf-call-iptables]'
    expect((await init(machine, 29)).stderr).toContain(
      `${key}: /proc/sys/net/bridge/bridge-nf-call-iptables does not exist`,
    )
    await run(machine, ['modprobe', 'br_netfilter'])
    expect((await init(machine, 29)).stderr).not.toContain(key)
  })

  it('1.33 asks for no program but mount, nsenter and touch', async () => {
    expect((await init(node(33), 33)).stderr).not.toContain('FileExisting')
  })

  it('warn where they are to be ignored, and what follows the checks is not simulated', async () => {
    await expect(init(node(31), 31, '--ignore-preflight-errors=all')).rejects.toThrow(Unsimulated)
  })

  it('tell that the port of a kubelet that runs is in use', async () => {
    const machine = node(31)
    await run(machine, [
      'sh',
      '-c',
      'mkdir -p /etc/kubernetes && touch /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf',
    ])
    await run(machine, [
      'sh',
      '-c',
      'printf "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n" >/var/lib/kubelet/config.yaml; systemctl start kubelet',
    ])
    const { stderr } = await run(machine, ['kubeadm', 'join', '10.0.0.1:6443', '--token', 'a.b'])
    expect(stderr).toContain('[ERROR Port-10250]: Port 10250 is in use')
    expect(stderr).toContain(
      '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
    )
  })

  it('say what crictl said where containerd serves no CRI', async () => {
    const machine = node(29)
    await run(machine, [
      'sh',
      '-c',
      `printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' >/etc/containerd/config.toml; systemctl restart containerd`,
    ])
    expect((await init(machine, 29)).stderr).toMatch(
      /\[ERROR CRI\]: container runtime is not running: output: time="[^"]+" level=fatal msg="validate service connection: validate CRI v1 runtime API for endpoint \\"unix:\/\/\/var\/run\/containerd\/containerd\.sock\\": rpc error: code = Unimplemented desc = unknown service runtime\.v1\.RuntimeService"\n, error: exit status 1\n/,
    )
  })
})

it('kubeadm version -o short is its version', async () => {
  expect((await run(node(31), ['kubeadm', 'version', '-o', 'short'])).stdout).toBe('v1.31.0\n')
})
