import { Worker } from 'node:worker_threads'
import { type Figure, figure } from './figure.ts'

const THREADS = 2

/** How long it takes until so many simulated hosts are forked, planned, made nodes and verified, boots included. */
export async function fleet(hosts: number): Promise<readonly Figure[]> {
  const shares = Array.from({ length: THREADS }, (_, at) => Math.floor((hosts + at) / THREADS))
  const start = performance.now()
  await Promise.all(shares.map(share => inThread(share)))
  const seconds = (performance.now() - start) / 1000
  return [
    figure(`sim:debian-12 ${hosts} hosts: fork, plan, apply, verify`, 's', [seconds]),
    figure(`sim:debian-12 ${hosts} hosts: a host, of one thread`, 'ms', [(seconds * 1000 * THREADS) / hosts]),
  ]
}

function inThread(hosts: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./fleet-thread.js', import.meta.url), { workerData: hosts })
    worker.once('error', reject)
    worker.once('exit', status =>
      status === 0 ? resolve() : reject(new Error(`a thread of the fleet ended with ${status}`)),
    )
  })
}
