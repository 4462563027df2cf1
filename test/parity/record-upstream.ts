/**
 * Records what a real Debian 12, in a virtual machine with its own kernel that was just booted, says to the commands of
 * the upstream page, `upstream.sh`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { startVm } from '../../containers/vm/start.ts'

const script = readFileSync('test/parity/upstream.sh')
const vm = await startVm('debian-12')
try {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const { exitCode, stdout, stderr } = await vm.exec(['env', 'LC_ALL=C', path, 'bash', '-s'], script)
  const recording = { environment: vm.name, exitCode, stdout: String(stdout), stderr: String(stderr) }
  writeFileSync('test/parity/recorded/upstream/vm-debian-12.yaml', stringify(recording, { lineWidth: 0 }))
} finally {
  await vm.stop()
}
