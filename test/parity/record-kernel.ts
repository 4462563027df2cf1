/**
 * Records what the kernel programs of a real Debian 12 say to the steps of `recorded/kernel/steps.yaml`, in a virtual
 * machine with its own kernel that was just booted: `npm run record:kernel`.
 */
import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { startVm } from '../../containers/vm/start.ts'
import { type SessionAnswer, sessionSteps } from './kernel-session.ts'

const vm = await startVm('debian-12')
try {
  const answers: SessionAnswer[] = []
  for (const step of sessionSteps()) {
    if (step.write !== undefined) await vm.exec(['tee', step.write.path], Buffer.from(step.write.content))
    const { exitCode, stdout, stderr } = await vm.exec(['env', 'LC_ALL=C', ...step.argv])
    answers.push({ step: step.title, exitCode, stdout: String(stdout), stderr: String(stderr) })
    process.stderr.write(`${exitCode} ${step.title}\n`)
  }
  const packages = await vm.exec([
    'dpkg-query',
    '-W',
    '-f',
    '${Package} ${Version}\n',
    'kmod',
    'procps',
    'linux-image-cloud-amd64',
  ])
  const recording = { environment: vm.name, packages: String(packages.stdout).trim().split('\n'), answers }
  writeFileSync('test/parity/recorded/kernel/vm-debian-12.yaml', stringify(recording, { lineWidth: 0 }))
} finally {
  await vm.stop()
}
