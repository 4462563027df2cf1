/**
 * Records what the kernel programs of a real Debian say, on a system that was just booted: in a virtual machine with its
 * own kernel to the steps of `recorded/kernel/steps.yaml`, in a container to those of `container-steps.yaml`.
 * `npm run record:kernel` for the machine of Debian 12, with `-- --release=debian-13` for another release and with
 * `-- --container` for its container.
 */
import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import type { Finished } from '../../containers/command.ts'
import { startContainer } from '../../containers/start.ts'
import { startVm } from '../../containers/vm/start.ts'
import { type SessionAnswer, sessionSteps } from './kernel-session.ts'

interface Subject {
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
  stop(): Promise<void>
}

const isContainer = process.argv.includes('--container')
const release =
  process.argv.find(argument => argument.startsWith('--release='))?.slice('--release='.length) ?? 'debian-12'
const environment = `${isContainer ? 'container' : 'vm'}-${release}`
const packageNames = [
  ...['kmod', 'procps', 'util-linux', 'coreutils', 'iproute2'],
  ...(isContainer ? [] : ['linux-image-cloud-amd64']),
]

const subject: Subject = isContainer ? await startContainer(release) : await startVm(release)
try {
  const answers: SessionAnswer[] = []
  for (const step of sessionSteps(environment)) {
    if (step.write !== undefined) await subject.exec(['tee', step.write.path], Buffer.from(step.write.content))
    const { exitCode, stdout, stderr } = await subject.exec(['env', 'LC_ALL=C', ...step.argv])
    answers.push({ step: step.title, exitCode, stdout: String(stdout), stderr: String(stderr) })
    process.stderr.write(`${exitCode} ${step.title}\n`)
  }
  const listed = await subject.exec(['dpkg-query', '-W', '-f', '${Package} ${Version}\n', ...packageNames])
  const recording = { environment, packages: String(listed.stdout).trim().split('\n'), answers }
  const text = stringify(recording, { lineWidth: 0 })
  writeFileSync(`test/parity/recorded/kernel/${environment}.yaml`, text)
} finally {
  await subject.stop()
}
