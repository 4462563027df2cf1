import type { JobHost } from './jobs.ts'
import type { Pid1 } from './pid1.ts'
import type { InstalledJob, SystemdState } from './state.ts'

/** What the jobs ask of PID 1. */
export function jobHost(pid1: Pid1): JobHost {
  const { units, parts } = pid1
  const state = (): SystemdState => parts.cell.value
  const put = (jobs: SystemdState['jobs'], nextJobId = state().nextJobId): void => {
    parts.cell.value = { ...state(), jobs, nextJobId }
  }
  return {
    release: parts.release,
    get graph() {
      return units.graph
    },
    get installed() {
      return state().jobs
    },
    config: name => units.config(name),
    runtime: id => units.runtime(id),
    hasJob: id => state().jobs.has(id),
    install: job => {
      const { jobs, nextJobId } = state()
      const installed: InstalledJob = { ...job, id: nextJobId }
      put(jobs.set(job.unit, installed), nextJobId + 1)
      return installed
    },
    uninstall: unit => put(state().jobs.delete(unit)),
    replace: job => put(state().jobs.set(job.unit, job)),
    perform: (type, unit) => pid1.states.perform(type, unit),
    unmet: unit => units.runtime(unit).unmet,
    title: unit => pid1.title(unit),
    say: (unit, message, priority) => pid1.say(unit, message, priority),
  }
}
