import { Worker } from 'node:worker_threads'
import type { Boundary, KillPlan } from './boundary.ts'

/** Kills its own process at one boundary, and counts how often each was passed. */
export interface Killer {
  /** Passes a boundary: does not return when it is the planned one. */
  reach(boundary: Boundary): void
  /** Like `reach`, for a boundary that lies further on: true when the caller has to set the trap now. */
  isDue(boundary: Boundary): boolean
  readonly counts: Readonly<Partial<Record<Boundary, number>>>
}

/** Makes the killer of a worker process; without a plan it only counts. */
export async function createKiller(plan: KillPlan | undefined): Promise<Killer> {
  const counts: Partial<Record<Boundary, number>> = {}
  const sniper = plan?.boundary === 'commit-any' ? await createSniper(plan.microseconds) : undefined
  const isDue = (boundary: Boundary) => {
    const count = (counts[boundary] ?? 0) + 1
    counts[boundary] = count
    return boundary === plan?.boundary && count === plan.nth
  }
  const reach = (boundary: Boundary) => {
    if (!isDue(boundary)) return
    if (sniper === undefined) die()
    else sniper()
  }
  return { counts, isDue, reach }
}

/** Ends this process as `kill -9` does: nothing after it is executed. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('a killed process goes on')
}

// Another thread, spinning, so that the shot falls in the middle of what this thread does without giving way.
async function createSniper(microseconds: number): Promise<() => void> {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(SNIPER, { eval: true, workerData: { signal, microseconds } })
  thread.unref()
  await new Promise((ready) => thread.once('message', ready))
  return () => {
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
  }
}

const SNIPER = `
const { parentPort, workerData: { signal, microseconds } } = require('node:worker_threads')
parentPort.postMessage('ready')
Atomics.wait(signal, 0, 0)
const until = process.hrtime.bigint() + BigInt(microseconds) * 1000n
while (process.hrtime.bigint() < until);
process.kill(process.pid, 'SIGKILL')
`
