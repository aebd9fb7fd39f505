import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { PolisError } from '../core/error.ts'
import { type Random, seededRandom } from '../core/random.ts'
import { hasEnded } from '../core/run.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { Faults } from '../store/memory/group.ts'
import { type AgentCode, type Bed, type BedProcess, createBed, step } from './fake/test-bed.ts'
import type { Scope, Spend, StepCall } from './scope.ts'

/** 200 runs, and those below them, on one budget. */
const RUNS = 200
const MOST = 100

interface World {
  /** Of all runs of the day, in tokens: so many calls at their most fit in it. */
  readonly room: number
  /** How likely the process dies before or after a commit. */
  readonly crashes: number
  readonly seed: number
}

const worlds: fc.Arbitrary<World> = fc.record({
  room: fc.integer({ min: 20, max: 400 }),
  crashes: fc.constantFrom(0, 0.002, 0.01),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

describe('G8: runs that share a budget', () => {
  it('never pass it, never get stuck, and leave a ledger that agrees with their journals, whatever dies', async () => {
    await fc.assert(fc.asyncProperty(worlds, play), { seed: 20_261_125, numRuns: 6, endOnFailure: true })
  })
})

async function play({ room, crashes, seed }: World): Promise<void> {
  const random = seededRandom(seed)
  const provider = createProvider(random)
  const limits = { tokens: room * MOST }
  const agents: Record<string, AgentCode> = { caller: callerOf(provider, random), child: childOf(provider) }
  const budgets = { caller: { run: { tokens: 5 * MOST }, day: limits }, child: {} }
  const settings = { maxConcurrent: 100, suspendAfter: 10 }
  const bed = createBed({ agents, budgets, settings, seed })
  const faults: Faults = () => {
    assertWithin(bed)
    return random.next() < crashes ? 'crash' : undefined
  }
  const runs = await Promise.all(Array.from({ length: RUNS }, () => bed.submit(null)))
  let processes: BedProcess[] = []
  for (let waits = 0; !areOver(bed); waits++) {
    assert.ok(waits < 2000, 'G8: nobody is stuck')
    processes = processes.filter(({ dead }) => !dead)
    while (processes.length < 2) processes.push(await bed.open({ faults }))
    await bed.idle()
    if (crashes > 0 && random.next() < 0.1) processes[0]?.kill()
    bed.clock.advanceTo(bed.clock.nextTimer() ?? bed.clock.now() + 1)
  }
  assertWithin(bed)
  await assertBooks(bed, provider.calls)
  assert.equal(new Set(runs).size, RUNS)
}

/** Answers, refuses, breaks off or hangs, and knows what it was asked. */
function createProvider(random: Random) {
  const calls: { readonly key: string; readonly attempt: number; readonly refused: boolean }[] = []
  const ask = (call: StepCall): unknown => {
    const luck = random.next()
    const refused = luck < 0.1
    calls.push({ key: call.key, attempt: call.attempt, refused })
    if (refused) throw new PolisError('MODEL_UNAVAILABLE', 'refused: overloaded')
    if (luck < 0.15) throw new PolisError('MODEL_TIMEOUT', 'broken off')
    if (luck < 0.3) return new Promise(() => {})
    return { tokens: Math.ceil(random.next() * MOST) }
  }
  return { calls, ask }
}

type Provider = ReturnType<typeof createProvider>

const SPEND: Spend = {
  provider: 'acme',
  model: 'acme/large',
  most: { tokens: MOST, usage: { ...NO_USAGE, input: MOST } },
  spent: (outcome) => {
    if ('error' in outcome) {
      if (outcome.error.code === 'MODEL_UNAVAILABLE') return undefined
      return { usage: { ...NO_USAGE, input: MOST }, assumed: true }
    }
    return { usage: { ...NO_USAGE, input: (outcome.value as { readonly tokens: number }).tokens } }
  },
}

async function call(scope: Scope, provider: Provider): Promise<unknown> {
  try {
    return await step(scope, 'model', provider.ask, { spend: SPEND, timeout: 50 })
  } catch (reason) {
    const { code } = PolisError.from(reason)
    if (code === 'BUDGET_EXHAUSTED') return code
    throw reason
  }
}

function callerOf(provider: Provider, random: Random): AgentCode {
  return async (scope) => {
    const kind = scope.value('kind', () => Math.floor(random.next() * 4))
    if (kind === 1) {
      const branches = ['a', 'b', 'c'].map((name) => [name, (lane: Scope) => call(lane, provider)] as const)
      return scope.all(branches)
    }
    if (kind === 2) return scope.child('child', 'child', null, {})
    if (kind === 3) {
      return scope.race([
        ['model', (lane) => call(lane, provider)],
        ['timer', (lane) => lane.sleep(20)],
      ])
    }
    for (let n = 0; n < 3; n++) if ((await call(scope, provider)) === 'BUDGET_EXHAUSTED') return 'stopped'
    return 'done'
  }
}

function childOf(provider: Provider): AgentCode {
  return async (scope) => [await call(scope, provider), await call(scope, provider)]
}

function areOver(bed: Bed): boolean {
  return [...bed.state.runs.values()].every(({ record }) => hasEnded(record.status))
}

// No call takes more than it reserved, so nothing may ever be over.
function assertWithin({ state }: Bed): void {
  for (const { key, limits, settled, reserved } of state.budgets.values()) {
    const { tokens = Number.POSITIVE_INFINITY } = limits
    assert.ok(settled.tokens + reserved.tokens <= tokens, `G8: ${key} is within ${tokens}`)
  }
}

async function assertBooks(bed: Bed, calls: Provider['calls']): Promise<void> {
  assert.deepEqual([...bed.state.reservations.values()], [], 'G8: nothing stays reserved')
  const booked = new Map([...bed.state.charges.values()].map(({ charge }) => [`${charge.run}/${charge.id}`, charge]))
  const written = await journalled(bed)
  assert.deepEqual([...booked.keys()].sort(), [...written.keys()].sort(), 'G8: the ledger agrees with the journals')
  for (const [id, tokens] of written) assert.equal(booked.get(id)?.usage.input, tokens, id)
  const total = [...booked.values()].reduce((sum, { usage }) => sum + usage.input, 0)
  const days = [...bed.state.budgets.values()].filter(({ key }) => key.startsWith('agent/'))
  assert.equal(
    days.reduce((sum, { settled }) => sum + settled.tokens, 0),
    total,
    'G8: the budget counts what was booked',
  )
  assertOnce(calls, [...booked.keys()])
}

// Charges by what the journals say: of each attempt, what its end says, or, if it has none, what it had reserved.
async function journalled(bed: Bed): Promise<ReadonlyMap<string, number>> {
  const charges = new Map<string, number>()
  for (const { record } of bed.state.runs.values()) {
    const open = new Map<string, { readonly id: string; readonly tokens: number }>()
    const lose = (step: string) => {
      const held = open.get(step)
      if (held !== undefined) charges.set(`${record.run}/${held.id}`, held.tokens)
      open.delete(step)
    }
    for (const entry of await bed.entries(record.run)) {
      if (entry.kind === 'step-started' && entry.data.reserved !== undefined) {
        lose(entry.data.id)
        open.set(entry.data.id, { id: entry.data.reserved.id, tokens: entry.data.reserved.amounts.tokens })
      } else if (entry.kind === 'step-completed' || entry.kind === 'step-failed' || entry.kind === 'step-retrying') {
        const { id, attempt, charge } = entry.data
        const held = open.get(id)
        // A call that a budget refused ends an attempt that had not begun.
        if (held !== undefined && !held.id.startsWith(`${id}/${attempt}@`)) lose(id)
        open.delete(id)
        if (charge !== undefined) charges.set(`${record.run}/${charge.id}`, charge.usage.input)
      }
    }
    for (const step of [...open.keys()]) lose(step)
  }
  return charges
}

// Every call that reached the provider is booked once or was refused by it; no attempt was made twice.
function assertOnce(calls: Provider['calls'], booked: readonly string[]): void {
  const made = calls.map(({ key, attempt }) => `${key}/${attempt}`)
  assert.equal(new Set(made).size, made.length, 'G3: no attempt is made twice')
  const ids = booked.map((id) => id.replace(/@\d+$/, ''))
  assert.equal(new Set(ids).size, ids.length, 'G8: no attempt is charged twice')
  const unpaid = calls.filter(({ refused, key, attempt }) => !refused && !ids.includes(`${key}/${attempt}`))
  assert.deepEqual(unpaid, [], 'G8: every call that was not refused is charged')
}
