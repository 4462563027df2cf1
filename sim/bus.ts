import type { Process } from './process.ts'

/**
 * The daemons of a machine as its programs reach them: PID 1 over D-Bus, containerd over its socket. The machine puts
 * the handles here; a handle is there whether or not the daemon runs (asking may then be refused).
 */
export interface Bus {
  readonly systemd: SystemdManager | undefined
}

/** org.freedesktop.systemd1.Manager, as systemctl(1) uses it. Filled in by `systemd/manager.ts`. */
export interface SystemdManager {
  readonly version: number
  /** Starts default.target and waits until nothing is left to do. */
  boot(init: Process): Promise<void>
  /** A process is gone; PID 1 acts if it was one of a service. */
  processExited(pid: number, exitCode: number): void
  /** sd_notify(3). */
  processNotified(pid: number, message: string): void
}
