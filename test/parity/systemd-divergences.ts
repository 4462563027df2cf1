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

const CONTROLLERS =
  "the recording machine's control groups have hardly any controller: what PID 1 says of that counts among the last lines"

const DIVERGENCES: readonly Divergence[] = [
  {
    environment: 'container-debian-11',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'container-debian-11',
    case: 'a oneshot that remains after exit',
    steps: [3, 5, 8, 9],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-11',
    case: 'a working directory that does not exist',
    steps: [5],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-11',
    case: 'a unit file that changes while the unit runs',
    steps: [6],
    verdict: 'intended',
    reason:
      'lines of the stop carry the time at which journald took them, after the restart began: a race on the real system',
  },
  {
    environment: 'container-debian-11',
    case: 'a unit file that changes while the unit runs',
    steps: [15],
    verdict: 'not-modelled',
    reason: 'what 247 says of a command that is no longer in the file',
  },
  {
    environment: 'container-debian-11',
    case: 'services without a command to start',
    steps: [2],
    verdict: 'not-modelled',
    reason: 'how often PID 1 reads a broken unit again while it is asked about it',
  },
  {
    environment: 'container-debian-11',
    case: 'environment and its expansion',
    steps: [2],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-11',
    case: 'kinds of conditions',
    steps: [10],
    verdict: 'intended',
    reason: 'what machine the container of the recording ran on is no part of its image',
  },
  {
    environment: 'container-debian-11',
    case: 'stopping what others need',
    steps: [5],
    verdict: 'not-modelled',
    reason: 'in what order PID 1 of 247 hears of processes that end at the same time',
  },
  {
    environment: 'container-debian-11',
    case: 'conflicts',
    steps: [6],
    verdict: 'intended',
    reason:
      'whether the first of two conflicting requests runs before the second is taken is a race on the real system',
  },
  {
    environment: 'container-debian-11',
    case: 'reloading a service',
    steps: [7, 8],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-11',
    case: 'which sysctl file wins',
    steps: [1],
    verdict: 'not-modelled',
    reason: 'a glob that fits nothing and that another line names',
  },
  {
    environment: 'container-debian-11',
    case: 'which systemd it is',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'the names of all kinds of virtualization',
  },
  {
    environment: 'container-debian-11',
    case: 'units in memory',
    steps: [3],
    verdict: 'not-modelled',
    reason:
      "units that nothing but another one's After= or Before= names: which of them PID 1 met is not followed",
  },
  {
    environment: 'container-debian-11',
    case: 'hostnamectl',
    steps: [8],
    verdict: 'not-modelled',
    reason: 'hostnamed of 247 remembers a name that it could not write',
  },
  {
    environment: 'container-debian-11',
    case: 'names of systemctl that end a machine',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'texts of --help',
  },
  {
    environment: 'container-debian-11',
    case: 'other questions',
    steps: [12],
    verdict: 'not-modelled',
    reason: 'the verb help',
  },
  {
    environment: 'container-debian-11',
    case: 'linking a unit from elsewhere',
    steps: [5, 8],
    verdict: 'not-modelled',
    reason: 'how cat names a linked file, and in what order 247 makes links',
  },
  {
    environment: 'container-debian-11',
    case: 'temporary files',
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    verdict: 'not-modelled',
    reason: 'systemd-tmpfiles',
  },
  {
    environment: 'container-debian-11',
    case: 'verifying a unit',
    steps: [1, 2, 3, 4],
    verdict: 'not-modelled',
    reason: 'systemd-analyze',
  },
  {
    environment: 'container-debian-12',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'container-debian-12',
    case: 'a working directory that does not exist',
    steps: [5],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'several commands in one setting',
    steps: [2],
    verdict: 'intended',
    reason: RACE,
  },
  {
    environment: 'container-debian-12',
    case: 'restarts until the limit',
    steps: [2, 5],
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
    environment: 'container-debian-12',
    case: 'a service whose user is not there',
    steps: [2],
    verdict: 'intended',
    reason: 'journald did not find the unit of the program, which was gone already',
  },
  {
    environment: 'container-debian-12',
    case: 'restarting systemd-sysctl',
    steps: [3],
    verdict: 'intended',
    reason: 'journald did not find the unit of lines of the first run, which was gone already',
  },
  {
    environment: 'container-debian-12',
    case: 'which systemd it is',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'the names of all kinds of virtualization',
  },
  {
    environment: 'container-debian-12',
    case: 'units in memory',
    steps: [3],
    verdict: 'not-modelled',
    reason:
      "units that nothing but another one's After= or Before= names: which of them PID 1 met is not followed",
  },
  {
    environment: 'container-debian-12',
    case: 'names of systemctl that end a machine',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'texts of --help',
  },
  {
    environment: 'container-debian-12',
    case: 'other questions',
    steps: [12],
    verdict: 'not-modelled',
    reason: 'the verb help',
  },
  {
    environment: 'container-debian-12',
    case: 'temporary files',
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    verdict: 'not-modelled',
    reason: 'systemd-tmpfiles',
  },
  {
    environment: 'container-debian-12',
    case: 'verifying a unit',
    steps: [1, 2, 3, 4],
    verdict: 'not-modelled',
    reason: 'systemd-analyze',
  },
  {
    environment: 'container-debian-13',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'container-debian-13',
    case: 'services without a command to start',
    steps: [7],
    verdict: 'not-modelled',
    reason: 'how often PID 1 reads a broken unit again while it is asked about it',
  },
  {
    environment: 'container-debian-13',
    case: 'waiting for a restart',
    steps: [5],
    verdict: 'intended',
    reason:
      'whether lines of the failure come before the moment at which the wait for the restart began is a race on the real system',
  },
  {
    environment: 'container-debian-13',
    case: 'kinds of conditions',
    steps: [10],
    verdict: 'intended',
    reason: 'what machine the container of the recording ran on is no part of its image',
  },
  {
    environment: 'container-debian-13',
    case: 'conflicts',
    steps: [6],
    verdict: 'intended',
    reason:
      'whether the first of two conflicting requests runs before the second is taken is a race on the real system',
  },
  {
    environment: 'container-debian-13',
    case: 'restarting systemd-sysctl',
    steps: [3],
    verdict: 'intended',
    reason: 'journald did not find the unit of lines of the first run, which was gone already',
  },
  {
    environment: 'container-debian-13',
    case: 'which systemd it is',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'the names of all kinds of virtualization',
  },
  {
    environment: 'container-debian-13',
    case: 'units in memory',
    steps: [3],
    verdict: 'not-modelled',
    reason:
      "units that nothing but another one's After= or Before= names: which of them PID 1 met is not followed",
  },
  {
    environment: 'container-debian-13',
    case: 'names of systemctl that end a machine',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'texts of --help',
  },
  {
    environment: 'container-debian-13',
    case: 'other questions',
    steps: [12],
    verdict: 'not-modelled',
    reason: 'the verb help',
  },
  {
    environment: 'container-debian-13',
    case: 'temporary files',
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    verdict: 'not-modelled',
    reason: 'systemd-tmpfiles',
  },
  {
    environment: 'container-debian-13',
    case: 'verifying a unit',
    steps: [1, 2, 3, 4],
    verdict: 'not-modelled',
    reason: 'systemd-analyze',
  },
  {
    environment: 'container-debian-14',
    case: 'containerd as it was started',
    steps: [9],
    verdict: 'intended',
    reason: 'whether a property exists at all is not known here: asking is Unsimulated',
  },
  {
    environment: 'container-debian-14',
    case: 'a oneshot that remains after exit',
    steps: [8],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'a simple service',
    steps: [15],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'services without a command to start',
    steps: [2, 5, 7],
    verdict: 'not-modelled',
    reason: 'how often PID 1 reads a broken unit again while it is asked about it',
  },
  {
    environment: 'container-debian-14',
    case: "a start limit of one's own",
    steps: [4],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'killed by a signal',
    steps: [7],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'kinds of conditions',
    steps: [10],
    verdict: 'intended',
    reason: 'what machine the container of the recording ran on is no part of its image',
  },
  {
    environment: 'container-debian-14',
    case: 'conflicts',
    steps: [6],
    verdict: 'intended',
    reason:
      'whether the first of two conflicting requests runs before the second is taken is a race on the real system',
  },
  {
    environment: 'container-debian-14',
    case: 'reloading a service',
    steps: [7],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'journalctl',
    steps: [2, 3, 9, 12],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'restarting systemd-sysctl',
    steps: [2, 3],
    verdict: 'intended',
    reason: CONTROLLERS,
  },
  {
    environment: 'container-debian-14',
    case: 'which systemd it is',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'the names of all kinds of virtualization',
  },
  {
    environment: 'container-debian-14',
    case: 'units in memory',
    steps: [3],
    verdict: 'not-modelled',
    reason:
      "units that nothing but another one's After= or Before= names: which of them PID 1 met is not followed",
  },
  {
    environment: 'container-debian-14',
    case: 'names of systemctl that end a machine',
    steps: [9],
    verdict: 'not-modelled',
    reason: 'texts of --help',
  },
  {
    environment: 'container-debian-14',
    case: 'other questions',
    steps: [12],
    verdict: 'not-modelled',
    reason: 'the verb help',
  },
  {
    environment: 'container-debian-14',
    case: 'linking a unit from elsewhere',
    steps: [5],
    verdict: 'not-modelled',
    reason: 'how cat names a linked file, and in what order 247 makes links',
  },
  {
    environment: 'container-debian-14',
    case: 'temporary files',
    steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    verdict: 'not-modelled',
    reason: 'systemd-tmpfiles',
  },
  {
    environment: 'container-debian-14',
    case: 'verifying a unit',
    steps: [1, 2, 3, 4],
    verdict: 'not-modelled',
    reason: 'systemd-analyze',
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
