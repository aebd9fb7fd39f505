import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../src/core/clock.ts'
import { createIds } from '../../src/core/id.ts'
import { seededRandom, systemRandom } from '../../src/core/random.ts'
import { hasEnded } from '../../src/core/run.ts'
import { createService } from '../../src/engine/service/create.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-budget-'))
after(() => rmSync(folder, { recursive: true }))

// Without what makes a child of a test runner report as a test.
const { NODE_TEST_CONTEXT: _, ...env } = process.env
const SPENDER = join(import.meta.dirname, 'fixture/spender.ts')
const RUNS = 30
/** Room for 50 calls at their most, of the 90 that are wanted. */
const LIMIT = 5000
const KILLS = 5
const caller = { tenant: 'default' }

describe('G8: processes that share a budget and are killed', () => {
  it('never pass it, leave nothing reserved, and charge each call once', { timeout: 60_000 }, async () => {
    const path = join(folder, 'store.db')
    const calls = join(folder, 'calls')
    writeFileSync(calls, '')
    await using store = await openSqliteStore({ path, durability: 'process', clock: systemClock(), log: silentLog })
    const service = serviceOf(store)
    for (let n = 0; n < RUNS; n++) await service.submit(caller, { agent: 'spender', input: null })
    // The first to be killed leaves a call behind; the other starts once it has made that call.
    const doomed = start(path, calls, 'doomed')
    await once(doomed, 'message')
    const children = [doomed, start(path, calls)]
    // Before the kills some call is answered and booked, so that the ledger has both kinds.
    while (!(await isAnyBooked(store))) await delay(20)
    const random = seededRandom(20_261_125)
    for (let kill = 0; kill < KILLS && !(await areOver(store)); kill++) {
      const at = kill % children.length
      await someCalls(children[at], Math.floor(random.next() * 6))
      children[at]?.kill('SIGKILL')
      await assertWithin(store)
      children[at] = start(path, calls)
    }
    while (!(await areOver(store))) {
      await assertWithin(store)
      await delay(20)
    }
    for (const child of children) await end(child)
    await assertWithin(store)
    await assertBooks(store, readFileSync(calls, 'utf8').trim().split('\n'))
  })
})

function serviceOf(store: Store) {
  const clock = systemClock()
  const info = { name: 'spender', description: '', release: 'r1', input: {}, output: {}, limits: {} }
  const agents = () => [{ ...info, session: 'enqueue' as const }]
  const ids = createIds(clock, systemRandom())
  return createService({ store, ids, clock, log: silentLog, metrics: silentMetrics, agents })
}

function start(path: string, calls: string, ...more: readonly string[]): ChildProcess {
  return fork(SPENDER, [path, calls, String(LIMIT), ...more], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
    env,
  })
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

// Resolves when the process has made so many calls, or when there are none to make any more.
async function someCalls(child: ChildProcess | undefined, count: number): Promise<void> {
  assert.ok(child)
  for (let n = 0; n < count; n++) {
    const signal = AbortSignal.timeout(1000)
    await once(child, 'message', { signal }).catch(() => {})
    if (signal.aborted) return
  }
}

async function isAnyBooked(store: Store): Promise<boolean> {
  const [total] = await store.index.costs('default', { by: 'agent', limit: 10 })
  return total !== undefined && total.calls > total.assumed.calls
}

async function areOver(store: Store): Promise<boolean> {
  const { items } = await store.index.list('default', {}, { limit: 1000 })
  return items.every(({ status }) => hasEnded(status))
}

async function assertWithin(store: Store): Promise<void> {
  const { items } = await store.index.budgets('default', {}, { limit: 1000 })
  for (const { key, limits, settled, reserved } of items) {
    assert.ok(settled.tokens + reserved.tokens <= (limits.tokens ?? 0), `${key} is within its limit`)
  }
}

async function assertBooks(store: Store, calls: readonly string[]): Promise<void> {
  const { items: budgets } = await store.index.budgets('default', {}, { limit: 1000 })
  assert.deepEqual(
    budgets.filter(({ reserved }) => reserved.tokens !== 0),
    [],
  )
  const [total] = await store.index.costs('default', { by: 'agent', limit: 10 })
  assert.ok(total)
  assert.equal(new Set(calls).size, calls.length, 'no attempt was made twice')
  // What was reserved by a process that died before it called is charged too, as assumed.
  assert.ok(total.calls >= calls.length, `${calls.length} calls, ${total.calls} charged`)
  assert.ok(total.calls - total.assumed.calls <= calls.length, 'no more is charged for certain than was called')
  assert.equal(total.usage.input, 70 * (total.calls - total.assumed.calls) + 100 * total.assumed.calls)
  assert.ok(total.assumed.calls > 0 && total.calls > total.assumed.calls)
  const days = budgets.filter(({ key }) => key.startsWith('agent/'))
  assert.equal(
    days.reduce((sum, { settled }) => sum + settled.tokens, 0),
    total.usage.input,
  )
}
