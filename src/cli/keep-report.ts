import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Report, writeReport } from '../format/report.ts'
import { EXIT, OperatorError } from './exit-status.ts'

/** Makes the directory of `--record` before anything is done, for its owner alone. */
export async function prepareReports(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await rm(await writtenBeside(directory, ''))
  } catch (error) {
    throw new OperatorError(`${directory}: reports cannot be kept there (${messageOf(error)})`, EXIT.usage)
  }
}

/** Writes a report for its owner alone, whole or not at all; gives its path. */
export async function keepReport(directory: string, report: Report): Promise<string> {
  const path = join(directory, reportName(report))
  try {
    await rename(await writtenBeside(directory, writeReport(report)), path)
    return path
  } catch (error) {
    throw new OperatorError(`${path}: the report cannot be kept (${messageOf(error)})`)
  }
}

/**
 * Sorted by time, readable, and no two hosts the same: the digest tells apart what looks alike once everything that a
 * shell or a file system might mind is gone.
 */
export function reportName({ host, verb, startedAt }: Pick<Report, 'host' | 'verb' | 'startedAt'>): string {
  const time = startedAt.replace(/[^0-9TZ]/g, '')
  const slug = host
    .replace(/[^A-Za-z0-9@_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
  return `${time}-${verb}-${slug}-${createHash('sha256').update(host).digest('hex').slice(0, 8)}.json`
}

async function writtenBeside(directory: string, text: string): Promise<string> {
  const path = join(directory, `.seatrial-${randomUUID()}`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return path
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
