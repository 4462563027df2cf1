import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const KEYRING = '/etc/apt/keyrings/kubernetes-apt-keyring.gpg'

/** A machine of an image with kubelet, kubeadm and kubectl of a minor version, installed as the documentation has it. */
export async function withKubernetes(name: string, minor: number): Promise<Machine> {
  const machine = await boot(name)
  put(machine, KEYRING, 'a key\n')
  put(
    machine,
    '/etc/apt/sources.list.d/kubernetes.list',
    `deb [signed-by=${KEYRING}] https://pkgs.k8s.io/core:/stable:/v1.${minor}/deb/ /\n`,
  )
  await run(machine, ['apt-get', '-qq', 'update'])
  const { exitCode, stdout, stderr } = await run(machine, [
    'apt-get',
    '-qq',
    'install',
    '-y',
    'kubelet',
    'kubeadm',
    'kubectl',
  ])
  if (exitCode !== 0) throw new Error(stdout + stderr)
  await run(machine, ['systemctl', 'daemon-reload'])
  return machine
}
