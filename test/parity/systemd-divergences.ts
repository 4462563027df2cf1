/** Steps whose answer is known not to be the recorded one. A row with a step that agrees fails the test: it has to go. */
export interface Divergence {
  readonly environment: string
  readonly case: string
  /** Counted from 1, among the steps of the case that are commands. */
  readonly steps: readonly number[]
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

const RACE =
  "journald takes a program's output and PID 1's messages from two sockets: their order is a race on the real system"

const DIVERGENCES: readonly Divergence[] = [
  {
    environment: 'container-debian-12',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'container-debian-12',
    case: 'a unit file that changes while the unit runs',
    steps: [6],
    verdict: 'intended',
    reason:
      'lines of the stop carry the time at which journald took them, after the restart began: a race on the real system',
  },
  {
    environment: 'container-debian-12',
    case: 'drop-ins for a type and for a prefix',
    steps: [3],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'services without a command to start',
    steps: [2],
    verdict: 'not-modelled',
    reason: 'how often PID 1 reads a broken unit again while it is asked about it',
  },
  {
    environment: 'container-debian-12',
    case: 'commands before and after',
    steps: [2, 3],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'prefixes of a command',
    steps: [2, 3],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'environment and its expansion',
    steps: [2],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'kinds of conditions',
    steps: [10],
    verdict: 'intended',
    reason: 'what machine the container of the recording ran on is no part of its image',
  },
  {
    environment: 'container-debian-12',
    case: 'conflicts',
    steps: [6],
    verdict: 'intended',
    reason:
      'whether the first of two conflicting requests runs before the second is taken is a race on the real system',
  },
  {
    environment: 'vm-debian-12',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'vm-debian-12',
    case: 'restarting systemd-sysctl',
    steps: [2, 3],
    verdict: 'intended',
    reason:
      'journald did not find the unit of the program, which was gone already: its lines are not in the recording',
  },
  {
    environment: 'vm-debian-12',
    case: 'restarting systemd-modules-load',
    steps: [5],
    verdict: 'not-modelled',
    reason:
      'modules of the virtual hardware: the order in which the kernel loaded them differs from boot to boot',
  },
]

/** The rows of one case. */
export const divergencesOf = (environment: string, title: string): readonly Divergence[] =>
  DIVERGENCES.filter(row => row.environment === environment && row.case === title)
