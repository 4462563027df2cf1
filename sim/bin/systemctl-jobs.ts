import { strerror } from '../../src/host/errno.ts'
import { type Job, type JobRefusal, type JobVerb, waitForJobs } from '../bus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type SystemctlCall, warnOfReload } from './systemctl-call.ts'

const isRefusal = (job: Job | JobRefusal): job is JobRefusal => 'error' in job

/** Asks for jobs, and waits until they are over unless `--no-block`. */
export function* runJobs(call: SystemctlCall, verb: JobVerb): Blocking<number> {
  const { process, systemd, options } = call
  const units = call.names.map(name => systemd.fullName(name))
  const { enqueuesMany } = systemd.release
  if (enqueuesMany) warnBefore(call, units)
  const refusal = enqueuesMany && units.length > 1 ? firstRefusal(call, units) : undefined
  if (refusal !== undefined) return refuse(process, 'Failed to enqueue jobs', { verb, refusal })
  const answers = systemd.enqueueAll(verb, units)
  let exitCode = 0
  const jobs: Job[] = []
  for (const [index, answer] of answers.entries()) {
    const what = `Failed to ${verb} ${units[index] ?? ''}`
    if (isRefusal(answer)) exitCode = refuse(process, what, { verb, refusal: answer })
    else jobs.push(answer)
  }
  if (!enqueuesMany) for (const { unit } of jobs) warnOfReload(call, unit)
  if (options.has('no-block')) return exitCode
  yield* waitForJobs(jobs)
  for (const job of jobs) if (!tellResult(call, job)) exitCode = 1
  return exitCode
}

/** What is not in memory has not changed since it was read. */
function warnBefore(call: SystemctlCall, units: readonly string[]): void {
  const loaded = call.systemd.loadedUnits()
  for (const unit of units) if (loaded.includes(unit)) warnOfReload(call, unit)
}

/** Several units are one request: the first that cannot be had refuses all. */
function firstRefusal({ systemd }: SystemctlCall, units: readonly string[]): JobRefusal | undefined {
  return units.flatMap(unit => {
    const error = REFUSALS[systemd.properties(unit).LoadState ?? '']
    return error === undefined ? [] : [{ error, unit }]
  })[0]
}

const REFUSALS: Readonly<Record<string, JobRefusal['error']>> = {
  'not-found': 'NoSuchUnit',
  masked: 'UnitMasked',
  'bad-setting': 'BadUnitSetting',
  error: 'LoadFailed',
}

function refuse(
  process: Process,
  what: string,
  { verb, refusal }: { readonly verb: JobVerb; readonly refusal: JobRefusal },
): number {
  const say = (reason: string): void => process.complain(`${what}: ${reason}\n`)
  switch (refusal.error) {
    case 'NoSuchUnit':
      say(`Unit ${refusal.unit} ${verb === 'stop' ? 'not loaded' : 'not found'}.`)
      return 5
    case 'UnitMasked':
      say(`Unit ${refusal.unit} is masked.`)
      return 1
    case 'MissingInstance':
      say(`Unit name ${refusal.unit} is missing the instance name.`)
      process.complain(`See system logs and 'systemctl status ${refusal.unit}' for details.\n`)
      return 1
    case 'JobTypeNotApplicable':
      say(`Job type reload is not applicable for unit ${refusal.unit}.`)
      return 3
    case 'BadUnitSetting':
      say(`Unit ${refusal.unit} has a bad unit file setting.`)
      process.complain(`See system logs and 'systemctl status ${refusal.unit}' for details.\n`)
      return 1
    case 'LoadFailed':
      say(
        `Unit ${refusal.unit} failed to load properly, please adjust/correct and reload service manager: ${strerror('ENOEXEC')}`,
      )
      return 1
  }
}

/** Why a job failed, by the Result of its service: log_job_error_with_service_result() of src/shared/bus-wait-for-jobs.c. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  'start-limit-hit': 'start of the service was attempted too often',
}

function tellResult({ process, systemd, options }: SystemctlCall, job: Job): boolean {
  if (job.result === 'done' || job.result === 'skipped') return true
  if (options.has('quiet')) return false
  if (job.result === 'dependency') {
    process.complain(`A dependency job for ${job.unit} failed. See 'journalctl -xe' for details.\n`)
    return false
  }
  if (job.result === 'assert') {
    process.complain(`Assertion failed on job for ${job.unit}.\n`)
    return false
  }
  if (job.result === 'invalid') {
    process.complain(`${job.unit} is not active, cannot reload.\n`)
    return false
  }
  const { Result = '' } = systemd.properties(job.unit)
  const why = EXPLANATIONS[Result]
  const see = `See "systemctl status ${job.unit}" and "${systemd.release.words.journalHint(job.unit)}" for details.\n`
  process.complain(`Job for ${job.unit} failed${why === undefined ? '' : ` because ${why}`}.\n${see}`)
  if (Result === 'start-limit-hit')
    process.complain(
      `To force a start use "systemctl reset-failed ${job.unit}"\nfollowed by "systemctl start ${job.unit}" again.\n`,
    )
  return false
}
