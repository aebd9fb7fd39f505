/**
 * `npm run soak -- [--minutes 15] [--seed N]`: mixed load on three real servers and one Redis while servers are killed, drained and paused,
 * and Redis is killed and restarted. Says what was lost, and whether memory stayed flat; exit code 0 when nothing was and it did.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../src/core/random.ts'
import { buildBench } from '../build.ts'
import { inFolder, printMachine } from '../child.ts'
import { openEffects } from './effects.ts'
import type { Findings } from './findings.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { runLane } from './lane.ts'
import { growthOf } from './memory.ts'

const LANES = 24
/** Seconds. */
const SAMPLE_EVERY = 2
/** Redis keeps an idempotency key for seven days: so many bytes a run may stay (the key, its value, what the table needs). */
const KEPT_BYTES = 500

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
if (!(minutes > 0)) throw new Error(`--minutes: expected a number above 0, got ${values.minutes}`)

// Servers that were started end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
printMachine()
console.log(`soak of ${minutes} minutes, seed ${seed}, ${LANES} clients`)
const built = buildBench()
await inFolder(async (folder) => {
  const log = join(folder, 'effects.log')
  using effects = openEffects(log)
  await using fleet = await startFleet(folder, built, log)
  const findings: Findings = { lost: [], repeated: [], gaps: [], wrong: [] }
  const stop = AbortSignal.timeout(minutes * 60_000)
  const random = seededRandom(seed)
  let runs = 0
  const lanes = Array.from({ length: LANES }, (_, number) => {
    const done = () => void runs++
    return runLane({
      ...{ number, effects, findings, signal: stop, done, servers: fleet.servers },
      random: () => random.next(),
    })
  })
  const samples = sampleMemory(fleet, stop, () => runs)
  const faults = await disturb(fleet, stop)
  await Promise.all(lanes)
  verdict({ runs, faults, findings, ...(await samples) })
})

// One fault after the other, in turn, with time between them to recover in.
async function disturb({ faults }: Fleet, stop: AbortSignal): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const between = Math.max(4000, Math.min(15_000, (minutes * 60_000) / 12))
  for (let at = 0; ; at++) {
    await delay(between, undefined, { signal: stop }).catch(() => {})
    const fault = faults[at % faults.length]
    if (stop.aborted || fault === undefined) return counts
    await fault.act()
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
  }
}

interface Sampled {
  readonly worker: { at: number; mb: number }[]
  readonly redis: { at: number; mb: number; runs: number }[]
}

async function sampleMemory({ steady, redis }: Fleet, stop: AbortSignal, runs: () => number): Promise<Sampled> {
  const sampled: Sampled = { worker: [], redis: [] }
  while (!stop.aborted) {
    await delay(SAMPLE_EVERY * 1000, undefined, { signal: stop }).catch(() => {})
    const at = Date.now()
    sampled.worker.push({ at, mb: steady.memory().now })
    try {
      sampled.redis.push({ at, mb: Number(redis.info('used_memory')) / 2 ** 20, runs: runs() })
    } catch {
      // It is being restarted.
    }
  }
  return sampled
}

interface Outcome extends Sampled {
  readonly runs: number
  readonly faults: ReadonlyMap<string, number>
  readonly findings: Findings
}

function verdict({ runs, faults, findings, worker, redis }: Outcome): void {
  const { lost, repeated, gaps, wrong } = findings
  for (const [kind, list] of Object.entries(findings))
    for (const what of list.slice(0, 10)) console.log(`${kind}: ${what}`)
  for (const [name, count] of faults) console.log(`${count} × ${name}`)
  const own = growthOf(worker)
  const kept = growthOf(redis)
  const since = runs - (redis[Math.floor(redis.length / 4)]?.runs ?? 0)
  const isRedisFlat = kept.flat || (kept.to - kept.from) * 2 ** 20 <= since * KEPT_BYTES
  console.log(
    `memory of the steady server: ${own.from.toFixed(0)} MB, then ${own.to.toFixed(0)} MB: ${own.flat ? 'flat' : 'GROWING'}`,
  )
  console.log(
    `memory of Redis: ${kept.from.toFixed(1)} MB, then ${kept.to.toFixed(1)} MB: ${isRedisFlat ? 'flat' : 'GROWING'}`,
  )
  const count = [...faults.values()].reduce((sum, each) => sum + each, 0)
  console.log(
    `${runs} runs, ${count} faults, ${lost.length} lost, ${repeated.length} repeated recorded steps, ${gaps.length} gaps, ${wrong.length} wrong`,
  )
  const failed = lost.length + repeated.length + gaps.length + wrong.length > 0 || !own.flat || !isRedisFlat
  if (failed || runs === 0) process.exitCode = 1
}
