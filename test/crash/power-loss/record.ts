import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LocalDurability } from '../../../src/store/store.ts'
import type { KillPlan } from '../boundary.ts'
import { type Asked, createClient } from '../client.ts'
import { startWorkerProcess } from '../worker-process.ts'
import { readSyscalls, type Syscall, traceCommand } from './syscall-log.ts'

/** What two workers, one after the other, did to their files and told their client, in one order. */
export interface Recorded {
  readonly store: string
  readonly calls: readonly Syscall[]
  /** What was asked for, for the reports to be understood. */
  readonly asked: readonly Asked[]
}

const LIMIT = 60_000

/** Executes the workload traced: by a worker that is killed half-way, then by one that goes on and closes the store. */
export async function recordWorkload(folder: string, seed: number, durability: LocalDurability): Promise<Recorded> {
  const store = join(folder, 'store.db')
  const effects = join(folder, 'effects.jsonl')
  const witness = join(folder, 'witness.jsonl')
  const client = createClient(seed, effects)
  const traced = [folder, store, `${store}-wal`, `${store}-journal`, witness]
  const calls: Syscall[] = []
  const plans: readonly (KillPlan | undefined)[] = [{ boundary: 'commit-told', nth: 70, microseconds: 0 }, undefined]
  for (const [number, plan] of plans.entries()) {
    const log = join(folder, `calls-${number}.log`)
    const worker = await startWorkerProcess({ wrapper: traceCommand(log, traced) })
    worker.listen((report) => client.hear(worker, report))
    const place = { kind: 'sqlite', path: store, durability } as const
    const assignment = { place, effects, witness, heartbeat: 1000 }
    worker.tell({ kind: 'start', assignment: plan === undefined ? assignment : { ...assignment, plan } })
    client.join(worker)
    const timer = setTimeout(() => worker.kill('SIGKILL'), LIMIT)
    if (plan === undefined) void client.done.then(() => worker.kill('SIGTERM'))
    await worker.ended
    clearTimeout(timer)
    client.part(worker)
    await settled(log)
    for (const call of readSyscalls(log)) calls.push(call)
  }
  return { store, calls, asked: client.asked }
}

// The tracer writes its last lines after the process has ended.
async function settled(log: string): Promise<void> {
  for (let size = -1; ; await delay(100)) {
    const now = existsSync(log) ? readFileSync(log).length : 0
    if (now === size) return
    size = now
  }
}
