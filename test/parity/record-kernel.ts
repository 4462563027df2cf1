/**
 * Records what the kernel programs of a real Debian say, on a system that was just booted: in a virtual machine with its
 * own kernel to the steps of `recorded/kernel/steps.yaml`, in a container to those of `container-steps.yaml`, and with other
 * words on the kernel's command line to those of `boot-steps.yaml`. `npm run record:kernel` for the machine of Debian 12, with
 * `-- --release=debian-13` for another release, `-- --container` for its container, `-- --boot=NAME` for a boot.
 */
import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import type { Finished } from '../../containers/command.ts'
import { startContainer } from '../../containers/start.ts'
import { startVm } from '../../containers/vm/start.ts'
import { bootVariants, type SessionAnswer, type SessionStep, sessionSteps } from './kernel-session.ts'

interface Subject {
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
  stop(): Promise<void>
}

const PACKAGES = ['kmod', 'procps', 'util-linux', 'coreutils', 'iproute2', 'systemd']

/** Cuts off what scripts/sign-file of the kernel appended: the signature, what describes it, and the magic string. */
const CUT_SIGNATURE = `undef $/; for my $path (@ARGV) {
  open my $in, '<:raw', $path or die; my $module = <$in>; close $in;
  $module =~ s/~Module signature appended~\\n\\z// or die "$path has no signature";
  my $length = unpack 'N', substr $module, -4; substr($module, -12 - $length) = '';
  open my $out, '>:raw', $path or die; print $out $module; close $out }`

const optionOf = (name: string): string | undefined =>
  process.argv.find(argument => argument.startsWith(`--${name}=`))?.slice(`--${name}=`.length)

async function record(
  subject: Subject,
  { environment, steps }: { readonly environment: string; readonly steps: readonly SessionStep[] },
): Promise<void> {
  const answers: SessionAnswer[] = []
  for (const step of steps) {
    if (step.write !== undefined)
      await subject.exec(['tee', step.write.path], Buffer.from(step.write.content))
    const { exitCode, stdout, stderr } = await subject.exec(['env', 'LC_ALL=C', ...step.argv])
    answers.push({ step: step.title, exitCode, stdout: String(stdout), stderr: String(stderr) })
    process.stderr.write(`${exitCode} ${step.title}\n`)
  }
  const kernels = ['linux-image-cloud-amd64']
  const query = ['dpkg-query', '-W', '-f', '${Package} ${Version}\n', ...PACKAGES, ...kernels]
  const packages = String((await subject.exec(query)).stdout)
    .trim()
    .split('\n')
  const text = stringify({ environment, packages, answers }, { lineWidth: 0 })
  writeFileSync(`test/parity/recorded/kernel/${environment}.yaml`, text)
}

const release = optionOf('release') ?? 'debian-12'
const boot = bootVariants().find(({ name }) => name === optionOf('boot'))
const isContainer = process.argv.includes('--container')
const environment =
  boot === undefined ? `${isContainer ? 'container' : 'vm'}-${release}` : `boot-${boot.name}`
const subject: Subject =
  boot !== undefined
    ? await startVm(boot.release, { cmdline: boot.cmdline })
    : isContainer
      ? await startContainer(release)
      : await startVm(release)
try {
  for (const name of boot?.unsigned ?? []) {
    const file = await subject.exec(['modinfo', '-n', name])
    await subject.exec(['perl', '-e', CUT_SIGNATURE, String(file.stdout).trim()])
  }
  await record(subject, { environment, steps: boot?.steps ?? sessionSteps(environment) })
} finally {
  await subject.stop()
}
