/** What the runs of a simulation do, what comes of it when nothing goes wrong, and where their steps are performed. */
import { DEFAULT_TENANT } from '../../src/core/id.ts'
import { decode } from '../../src/core/json.ts'
import type { Effect } from '../../src/core/tool.ts'
import { type Act, playRun } from '../../src/engine/fake/workflow.ts'
import type { Scope, StepCall } from '../../src/engine/scope.ts'
import type { MemoryState } from '../../src/store/memory/state.ts'
import { keyOf } from '../../src/store/memory/table.ts'
import type { Stage } from './stage.ts'

/** A random program. Snapshots are taken in the run's own scope alone, where they are allowed. */
export function randomActs(stage: Stage, depth = 0): readonly Act[] {
  return Array.from({ length: 1 + stage.below(3) }, () => randomAct(stage, depth))
}

function randomAct(stage: Stage, depth: number): Act {
  const kind = stage.below(depth < 2 ? 20 : 14)
  if (kind < 8) return randomStep(stage)
  if (kind < 10) return { kind: 'sleep', ms: stage.pick([0, 10, 90, 700, 5_000]) }
  if (kind < 11) return { kind: 'value', of: stage.pick(['now', 'random', 'uuid'] as const) }
  if (kind < 12) return { kind: stage.pick(['emit', 'receive'] as const) }
  if (kind < 13) return { kind: 'ask' }
  if (kind < 14) return depth === 0 ? { kind: 'snapshot' } : { kind: 'emit' }
  if (kind < 17) return { kind: 'child', acts: randomActs(stage, depth + 1) }
  if (kind < 18) return { kind: stage.pick(['branch', 'race'] as const), acts: randomActs(stage, depth + 1) }
  return { kind: 'all', branches: Array.from({ length: 1 + stage.below(3) }, () => randomActs(stage, depth + 1)) }
}

function randomStep(stage: Stage): Act {
  const effect = stage.pick<Effect>(['read', 'idempotent', 'once'])
  return { kind: 'step', effect, fails: stage.pick([0, 0, 0, 1, 4]), slow: stage.chance(0.5) }
}

/** What a program comes to; a recorded value, which nobody can know, is `value`. */
export function expected(acts: readonly Act[], path: string): readonly unknown[] {
  return acts.map((act, at) => expectedOf(act, `${path}${at}`))
}

function expectedOf(act: Act, id: string): unknown {
  switch (act.kind) {
    case 'step':
      return act.fails > (act.effect === 'once' ? 0 : 2) ? 'failed' : { id }
    case 'sleep':
    case 'emit':
      return null
    case 'receive':
      return id.includes('c') ? null : { id }
    case 'value':
      return 'value'
    case 'ask':
      return { yes: id }
    case 'snapshot':
      return 'snapshot'
    case 'child':
      return expected(act.acts, `${id}c`)
    case 'branch':
      return expected(act.acts, `${id}x`)
    case 'race':
      return { winner: 'real', value: expected(act.acts, `${id}x`) }
    case 'all':
      return act.branches.map((acts, lane) => expected(acts, `${id}b${lane}x`))
    default:
      throw new Error(`No schedule has ${act.kind}`)
  }
}

/** What runs came to, in the form of `expected`. */
export function normal(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output, (_, found) => (isMade(found) ? 'value' : (found ?? null))))
}

function isMade(found: unknown): boolean {
  return typeof found === 'object' && found !== null && 'made' in found
}

/** The messages that a program waits for, by name. */
export function lettersOf(acts: readonly Act[], path: string): readonly string[] {
  return acts.flatMap((act, at): readonly string[] => {
    const id = `${path}${at}`
    if (act.kind === 'receive') return [id]
    if (act.kind === 'all') return act.branches.flatMap((below, lane) => lettersOf(below, `${id}b${lane}x`))
    return act.kind === 'branch' || act.kind === 'race' ? lettersOf(act.acts, `${id}x`) : []
  })
}

/** Where steps are performed: the independent log of effects. */
export interface Theatre {
  readonly code: (scope: Scope, input: unknown) => Promise<unknown>
  /** What a human finds out who is asked about a step that was cut off. */
  readonly outcomes: ReadonlyMap<string, unknown>
  /** What must never happen, and did. */
  readonly faults: readonly string[]
  /** Executions by holders that did not know yet that their run was another's. */
  stale(): number
}

/** A theatre whose steps act on nothing but itself. */
export function createTheatre(stage: Stage, state: MemoryState): Theatre {
  const faults: string[] = []
  const outcomes = new Map<string, unknown>()
  const performed = new Map<string, number>()
  let stale = 0
  const perform = (epoch: number, act: Act & { readonly kind: 'step' }, { key, attempt }: StepCall, id: string) => {
    const times = (performed.get(key) ?? 0) + 1
    performed.set(key, times)
    const isHolder = epochOf(state, key) === epoch
    if (!isHolder) stale++
    if (isHolder && isRecorded(state, key)) faults.push(`G3: ${key} is recorded and was executed again`)
    if (act.effect === 'once' && times > 1) faults.push(`G3: ${key}, a once step, was executed ${times} times`)
    const fails = act.effect === 'once' ? act.fails > 0 : attempt <= act.fails
    outcomes.set(key, fails ? { action: 'fail' } : { action: 'done', output: { id } })
    return fails
  }
  return {
    faults,
    outcomes,
    stale: () => stale,
    code(scope, input) {
      const { acts, path } = input as { readonly acts: readonly Act[]; readonly path: string }
      const { epoch } = scope.record
      return playRun(scope, acts, path, {
        make: (kind) => ({ made: kind === 'now' ? stage.clock.now() : stage.random.next() }),
        perform: (id, act, call) =>
          new Promise((resolve, reject) => {
            const fails = perform(epoch, act, call, id)
            const end = () => (fails ? reject(new Error(`attempt ${call.attempt} of ${id}`)) : resolve({ id }))
            if (act.slow) stage.after(stage.below(200), end)
            else end()
          }),
      })
    },
  }
}

function epochOf(state: MemoryState, key: string): number | undefined {
  return state.runs.get(keyOf(DEFAULT_TENANT, key.slice(0, key.indexOf('/'))))?.record.epoch
}

function isRecorded(state: MemoryState, key: string): boolean {
  const slash = key.indexOf('/')
  const entries = state.journals.get(keyOf(DEFAULT_TENANT, key.slice(0, slash)))
  return entries.some(
    ({ kind, payload }) =>
      (kind === 'step-completed' || kind === 'step-failed') &&
      (decode(payload) as { readonly id: string }).id === key.slice(slash + 1),
  )
}
