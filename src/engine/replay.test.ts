/**
 * Random workflows, with and without crashes. `POLIS_FUZZ_RUNS` sets how many (by default 60 of each property), `POLIS_FUZZ_SEED`
 * repeats a failure.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { DecodedEntry } from '../core/entry.ts'
import { DEFAULT_TENANT } from '../core/id.ts'
import { decode } from '../core/json.ts'
import type { Faults } from '../store/memory/group.ts'
import { keyOf } from '../store/memory/table.ts'
import { type AgentCode, type Bed, type BedProcess, createBed, step } from './fake/test-bed.ts'
import { type Act, playRun, programs, type Stage } from './fake/workflow.ts'
import type { Scope } from './scope.ts'

const numRuns = Number(process.env.POLIS_FUZZ_RUNS ?? 60)
const seed = process.env.POLIS_FUZZ_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.POLIS_FUZZ_SEED)
const LIMITS = { numRuns, seed, endOnFailure: false, interruptAfterTimeLimit: 50_000, markInterruptAsFailure: false }

/** What happens at a group of a process's commits. */
interface Fault {
  readonly after: number
  readonly when: 'before' | 'after'
  readonly what: 'crash' | 'fail' | 'kill' | 'lose'
}

const faults = fc
  .array(
    fc.record({
      after: fc.nat(25),
      when: fc.constantFrom<Fault['when'][]>('before', 'after'),
      what: fc.constantFrom<Fault['what'][]>('crash', 'crash', 'fail', 'kill', 'lose'),
    }),
    { maxLength: 4 },
  )
  // A third death without progress in between would make it a dead letter.
  .map((plan) =>
    plan.filter(
      ({ what }, at) => isSurvived(what) || plan.slice(0, at).filter((before) => !isSurvived(before.what)).length < 2,
    ),
  )

describe(`random workflows (seed ${seed}, ${numRuns} runs)`, () => {
  it('come to the same result and record the same, however often their worker dies (G3, G4, G9)', async () => {
    await fc.assert(
      fc.asyncProperty(programs(false), faults, fc.nat(3), async (acts, plan, prior) => {
        const calm = await perform(acts, [], prior)
        const rough = await perform(acts, plan, prior)
        assert.equal(calm.status, 'completed')
        assert.deepEqual(rough.output, calm.output)
        assert.deepEqual(rough.operations, calm.operations)
      }),
      LIMITS,
    )
  })

  it('take the path of their journal even where time decides the path (G9)', async () => {
    await fc.assert(
      fc.asyncProperty(programs(true), faults, fc.nat(3), async (acts, plan, prior) => {
        const { status } = await perform(acts, plan, prior)
        assert.equal(status, 'completed')
      }),
      LIMITS,
    )
  })
})

function isSurvived(what: Fault['what']): boolean {
  return what === 'fail' || what === 'lose'
}

describe(`changed programs (seed ${seed}, ${numRuns} runs)`, () => {
  it('are caught as diverged wherever something recorded follows, and execute nothing recorded again (G9, G3)', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(8), fc.nat(20), change, async (acts, group, at, how) => {
        const place = at % acts.length
        const { status, recorded, wrong } = await performChanged(acts, mutate(acts, place, how), group)
        assert.deepEqual(wrong, [])
        const caught = recorded > place && how !== 'nothing'
        assert.equal(status, caught ? 'diverged' : 'completed', `${recorded} recorded, ${how} at ${place}`)
      }),
      LIMITS,
    )
  })
})

/** One operation of a line of them. */
interface Item {
  readonly name: string
  readonly kind: 'step' | 'once' | 'emit' | 'sleep'
  readonly input: string
}

const lines = fc
  .array(fc.constantFrom<Item['kind'][]>('step', 'once', 'emit', 'sleep'), { minLength: 2, maxLength: 6 })
  .map((kinds) => kinds.map((kind, at): Item => ({ name: `n${at}`, kind, input: String(at + 1) })))
const change = fc.constantFrom('rename', 'swap', 'input', 'insert', 'remove', 'nothing')

function mutate(items: readonly Item[], at: number, how: string): readonly Item[] {
  const item = items[at]
  if (item === undefined) return items
  const next = items[at + 1]
  const others = { before: items.slice(0, at), after: items.slice(at + 1) }
  const added: Item = { name: 'added', kind: 'step', input: 'added' }
  switch (how) {
    case 'rename':
      return [
        ...others.before,
        { ...item, name: 'renamed', kind: item.kind === 'sleep' ? 'emit' : item.kind },
        ...others.after,
      ]
    case 'input':
      return [...others.before, { ...item, input: '777' }, ...others.after]
    case 'swap':
      return next === undefined
        ? [...others.before, added, item]
        : [...others.before, next, item, ...items.slice(at + 2)]
    case 'insert':
      return [...others.before, added, ...items.slice(at)]
    case 'remove':
      return [...others.before, ...others.after]
    default:
      return items
  }
}

async function performChanged(before: readonly Item[], after: readonly Item[], group: number) {
  const wrong: string[] = []
  const bed = createBed({ agents: { agent: async () => null } })
  const codeOf =
    (items: readonly Item[]): AgentCode =>
    async (scope) => {
      for (const { name, kind, input } of items)
        await playItem(scope, { name, kind, input }, (key) => {
          if (isRecorded(bed, key)) wrong.push(key)
        })
    }
  const process = await bed.open({
    agents: { agent: codeOf(before) },
    faults: (moment) => (moment.when === 'after' && moment.group === group + 3 ? 'crash' : undefined),
  })
  const run = await bed.submit(null)
  await bed.idle()
  for (let waits = 0; waits < 20 && !process.dead; waits++) await bed.pass(10)
  if (!process.dead) process.kill()
  const ended = (await bed.service.run(bed.caller, run)).status === 'completed'
  const indexes = (await bed.entries(run)).flatMap(({ data }) => ('index' in data ? [data.index + 1] : []))
  await bed.open({ agents: { agent: codeOf(after) } })
  const { status } = await bed.finish(run)
  return { status, recorded: ended ? 0 : Math.max(0, ...indexes), wrong }
}

function playItem(scope: Scope, { name, kind, input }: Item, called: (key: string) => void): Promise<unknown> {
  if (kind === 'emit') return scope.emit(name, input)
  if (kind === 'sleep') return scope.sleep(Number(input))
  const effect = kind === 'once' ? 'once' : 'read'
  return step(scope, name, ({ key }) => called(key), { effect, hash: input, uncertain: 'retry' })
}

async function perform(acts: readonly Act[], plan: readonly Fault[], prior: number) {
  const theatre = createTheatre()
  const bed = createBed({ agents: { agent: theatre.code } })
  theatre.attach(bed)
  const pending = [...plan]
  let process = await open(bed, pending.shift())
  const run = await bed.submit({ acts, path: '' })
  const letters = receivesOf(acts, '')
  const send = async () => {
    const id = letters.shift()
    if (id !== undefined) await bed.service.send(bed.caller, run, { name: `m${id}`, data: { id }, id: `letter.${id}` })
  }
  for (let early = 0; early < prior; early++) await send()
  const view = await bed.finish(run, async () => {
    if (process.dead) process = await open(bed, pending.shift())
    await answerAll(bed, theatre.outcomes)
    while (letters.length > 0) await send()
  })
  const entries = await bed.entries(run)
  checkJournals(bed)
  assert.deepEqual(theatre.faults, [])
  return { status: view.status, output: withoutValues(view.output), operations: operationsOf(entries) }
}

/** Where steps are performed: counts them, and looks for those that must not be. */
function createTheatre() {
  const performed = new Map<string, number>()
  /** What a human would say who was asked about a step that was cut off. */
  const outcomes = new Map<string, unknown>()
  const wrong: string[] = []
  let bed: Bed | undefined
  const stage: Stage = {
    make: (kind) => (kind === 'now' ? { value: bed?.clock.now() } : { value: Math.random() }),
    perform(id, act, { attempt, key }) {
      performed.set(key, (performed.get(key) ?? 0) + 1)
      if (bed !== undefined && isRecorded(bed, key)) wrong.push(`${key} is recorded and was executed again`)
      if (act.effect === 'once' && (performed.get(key) ?? 0) > 1) wrong.push(`${key} was executed twice`)
      // An attempt that was cut off before its call is counted, though it never failed.
      const fails = act.effect === 'once' ? act.fails > 0 : attempt <= act.fails
      outcomes.set(key, fails ? { action: 'fail' } : { action: 'done', output: { id } })
      if (fails) throw new Error(`attempt ${attempt} of ${id}`)
      return act.slow ? new Promise((resolve) => setImmediate(resolve, { id })) : { id }
    },
  }
  const code: AgentCode = (scope, { acts, path }: { acts: readonly Act[]; path: string }) =>
    playRun(scope, acts, path, stage)
  return {
    code,
    outcomes,
    faults: wrong,
    attach: (to: Bed) => {
      bed = to
    },
  }
}

async function open(bed: Bed, fault: Fault | undefined): Promise<BedProcess> {
  let process: BedProcess | undefined
  const faults: Faults = ({ when, group }) => {
    if (fault === undefined || group !== fault.after + 2 || when !== fault.when) return undefined
    if (fault.what === 'lose') return undefined
    if (fault.what === 'fail') return when === 'before' ? 'fail' : undefined
    if (fault.what === 'crash') return 'crash'
    setImmediate(() => process?.kill())
    return undefined
  }
  process = await bed.open({ faults, losesAnswer: (append) => fault?.what === 'lose' && append === fault.after + 1 })
  return process
}

function isRecorded({ state }: Bed, key: string): boolean {
  const slash = key.indexOf('/')
  const entries = state.journals.get(keyOf(DEFAULT_TENANT, key.slice(0, slash)))
  return entries.some(
    ({ kind, payload }) =>
      (kind === 'step-completed' || kind === 'step-failed') &&
      (decode(payload) as { readonly id: string }).id === key.slice(slash + 1),
  )
}

async function answerAll({ service, caller }: Bed, outcomes: ReadonlyMap<string, unknown>): Promise<void> {
  const { items } = await service.questions(caller, {}, { limit: 1000 })
  for (const { run, id, about, question } of items) {
    // Asked about a step that was cut off, the human knows whether it happened.
    const { key } = (about ?? {}) as { readonly key?: string }
    const answer = key === undefined ? { yes: question } : (outcomes.get(key) ?? { action: 'retry' })
    await service.answer(caller, run, id, answer)
  }
}

function receivesOf(acts: readonly Act[], path: string): string[] {
  return acts.flatMap((act, at) => {
    const id = `${path}${at}`
    if (act.kind === 'receive') return [id]
    if ('branches' in act) return act.branches.flatMap((below, lane) => receivesOf(below, `${id}b${lane}x`))
    return 'acts' in act && act.kind !== 'child' ? receivesOf(act.acts, `${id}x`) : []
  })
}

function checkJournals({ state }: Bed): void {
  for (const { record } of state.runs.values()) {
    const entries = state.journals.get(keyOf(record.tenant, record.run))
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      entries.map((_, at) => at + 1),
    )
    const ends = entries
      .filter(({ kind }) => ENDS.has(kind))
      .map(({ kind, payload }) => `${(decode(payload) as { readonly id: string }).id} ${kind === 'value-recorded'}`)
    assert.deepEqual(ends, [...new Set(ends)], 'an operation ends once')
  }
}

const ENDS: ReadonlySet<string> = new Set([
  ...['step-completed', 'step-failed', 'timer-fired', 'message-received', 'child-completed', 'child-failed'],
  ...['value-recorded', 'event-emitted', 'race-decided', 'question-expired', 'message-expired', 'snapshot-taken'],
])

/** What was recorded, without what may differ: attempts, times, the outcome of asking about a step. */
function operationsOf(entries: readonly DecodedEntry[]): string[] {
  return entries
    .filter(({ kind }) => ENDS.has(kind))
    .map(({ kind, data }) => `${kind} ${(data as { readonly id: string }).id}`)
    .sort()
}

function withoutValues(output: unknown): unknown {
  return JSON.parse(
    JSON.stringify(output, (_, value) =>
      value?.value !== undefined && typeof value.value === 'number' ? 'value' : value,
    ),
  )
}
