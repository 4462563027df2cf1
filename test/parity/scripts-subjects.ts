import { type Finished, mustRun } from '../../containers/command.ts'
import { startContainer } from '../../containers/start.ts'
import { SETTLE } from '../../containers/systemd-container.ts'
import { VmFailure } from '../../containers/vm/machine.ts'
import { startVm } from '../../containers/vm/start.ts'
import { argvOf, type Environment, type PartAnswer, SCRIPT_PATH, type Script } from './scripts.ts'

/** A real host in a clean state. */
export interface Subject {
  run(script: Script, part: string): Promise<PartAnswer>
  reboot(): Promise<void>
  end(): Promise<void>
}

/** Real hosts of one environment, one after the other. */
export interface Subjects {
  fresh(): Promise<Subject>
  /** What a program of a clean host says. */
  ask(argv: readonly string[]): Promise<string>
  close(): Promise<void>
}

type Exec = (argv: readonly string[], stdin?: Uint8Array) => Promise<Finished>

/** Opens the hosts of an environment: containers, or one virtual machine. */
export function openSubjects(environment: Environment): Promise<Subjects> {
  const release = environment.replace(/^\w+-/, '')
  return environment.startsWith('vm-') ? openVm(release) : openContainers(release)
}

async function runPart(exec: Exec, script: Script, part: string): Promise<PartAnswer> {
  const put = await exec(['tee', SCRIPT_PATH], Buffer.from(part))
  if (put.exitCode !== 0) throw new Error(`${SCRIPT_PATH} cannot be written: ${put.stderr}`)
  const { exitCode, stdout, stderr } = await exec(argvOf(script))
  return { exitCode, stdout: String(stdout), stderr: String(stderr) }
}

async function openContainers(release: string): Promise<Subjects> {
  const fresh = async (): Promise<Subject & { readonly exec: Exec }> => {
    const container = await startContainer(release)
    return {
      exec: (argv, stdin) => container.exec(argv, stdin),
      run: (script, part) => runPart((argv, stdin) => container.exec(argv, stdin), script, part),
      reboot: async () => {
        await mustRun(['docker', '-H', container.dockerHost, 'restart', '--time', '30', container.id])
        await container.exec(['sh', '-c', SETTLE])
      },
      end: () => container.stop(),
    }
  }
  const ask = async (argv: readonly string[]): Promise<string> => {
    const subject = await fresh()
    try {
      return String((await subject.exec(argv)).stdout)
    } finally {
      await subject.end()
    }
  }
  return { fresh, ask, close: async () => undefined }
}

/** A unit that fails at boot may be what a script is about: the machine is up all the same. */
function unlessDegraded(error: unknown): void {
  if (!(error instanceof VmFailure && /systemd is degraded/.test(error.message))) throw error
}

/** The snapshot that every script begins from. */
const CLEAN = 'clean'

async function openVm(release: string): Promise<Subjects> {
  const vm = await startVm(release, { cpus: 1 })
  await vm.snapshot(CLEAN)
  const exec: Exec = (argv, stdin) => vm.exec(argv, stdin)
  return {
    fresh: async () => {
      await vm.restore(CLEAN)
      return {
        run: (script, part) => runPart(exec, script, part),
        reboot: () => vm.reboot().catch(unlessDegraded),
        end: async () => undefined,
      }
    },
    ask: async argv => String((await exec(argv)).stdout),
    close: () => vm.stop(),
  }
}
