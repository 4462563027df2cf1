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
}
