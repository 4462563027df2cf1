import { AgentShell } from './agent-shell.ts'
import { AgentLost, GuestAgent } from './guest-agent.ts'
import type { Host } from './host.ts'
import { openShellHost, type ShellTransport } from './shell-transport.ts'
import { vmDirectory, vmNames, vmProcess } from './vm-directory.ts'

/** The agent's own limits are what ends a batch that is not answered. */
const CONNECT_TIMEOUT_MS = 300_000

/**
 * A virtual machine that runs on this machine (`seatrial env start vm:debian-12`), by its name, through qemu-guest-agent
 * inside it: no network, no shell of a login. Requests run as root.
 *
 * Each batch is one `guest-exec` (agent-shell.ts). Batches of one program travel interleaved over one connection; other
 * programs take turns with it (guest-agent.ts).
 */
export function openVmHost(vm: string): Host {
  const directory = vmDirectory(vm)
  const agent = new GuestAgent(directory)
  const underway = new Set<Promise<void>>()
  const host = openShellHost({
    name: `vm:${vm}`,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    start: bootstrap => {
      const shell = new AgentShell(agent, bootstrap)
      const ended = shell.ended.catch(() => undefined).finally(() => underway.delete(ended))
      underway.add(ended)
      return shell
    },
    explain: failure => explain(directory, failure),
  })
  return {
    name: host.name,
    send: (batch, options) => host.send(batch, options),
    close: async () => {
      await host.close()
      await Promise.all(underway)
      await agent.release()
    },
  }
}

const explain = (directory: string, { cause, spawnError, stderr }: Failure): Explanation => {
  if (vmProcess(directory) === undefined) return { reason: 'unreachable', message: notRunning() }
  const isSilent = cause instanceof AgentLost && cause.reason === 'timeout'
  const message = spawnError ?? (stderr || 'its shell ended at once')
  return {
    reason: isSilent ? 'timeout' : 'unreachable',
    message: `${message} (console: ${directory}/console)`,
  }
}

function notRunning(): string {
  const running = vmNames().filter(name => vmProcess(vmDirectory(name)) !== undefined)
  const others = running.length === 0 ? 'none is' : `those that are: ${running.join(', ')}`
  return `no virtual machine of that name is running; ${others}; \`seatrial env start vm:debian-12\` starts one`
}

type Failure = Parameters<ShellTransport['explain']>[0]
type Explanation = ReturnType<ShellTransport['explain']>
