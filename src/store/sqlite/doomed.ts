import { isMainThread, parentPort } from 'node:worker_threads'
import { systemClock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import { aCommit, anEntry, aSubmit, aWorker } from '../conformance/build.ts'
import { fileLocks } from './lock-file.ts'
import { createStore } from './open.ts'
import { openProcess } from './process.ts'
import { createWorkers } from './worker.ts'

/**
 * What tests kill: a process or a thread with a store of its own. Arguments: the store's path, what to do, and the worker's name.
 *
 * `hold` takes a run and keeps it; `group` dies in the middle of a transaction; `flood` commits as fast as it can, and tells of each
 * run that was acknowledged.
 */
const [path = '', mode = '', worker = ''] = process.argv.slice(2)
const options = { path, durability: 'process', clock: systemClock(), patience: 10_000 } as const
const own = await openProcess({ ...options, metrics: silentMetrics, random: systemRandom() })
const store = createStore(own, createWorkers(own, fileLocks(path)), 'process')

if (mode === 'hold') {
  await store.coordination.register(aWorker(worker))
  await store.journal.submit(aSubmit(`held by ${worker}`, { claim: { worker } }))
  tell('holding')
  setInterval(() => {}, 1000)
}
if (mode === 'group') {
  await store.journal.submit(aSubmit('before'))
  tell('before')
  void store.journal.submit(aSubmit('inside'))
  void own.write(() => process.kill(process.pid, 'SIGKILL'))
}
if (mode === 'flood') {
  await store.coordination.register(aWorker(worker))
  for (let n = 1; ; n++) await Promise.all([1, 2, 3, 4].map((lane) => runOnce(`${worker}-${lane}-${n}`)))
}

async function runOnce(run: string): Promise<void> {
  await store.journal.submit(aSubmit(run, { claim: { worker } }))
  await store.journal.append(aCommit(run, { entries: [anEntry(run, 2), anEntry(run, 3)] }))
  tell(run)
}

function tell(message: string): void {
  if (isMainThread) process.send?.(message)
  else parentPort?.postMessage(message)
}
