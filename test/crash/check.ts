/**
 * Judges a case: what clients were told, what the world saw and what the journals say have to agree.
 *
 * Pure. The effect log is independent of the store, and the result of each step names the very effect that it came from: what the
 * world saw after that effect, under the same key, is a repeat, whatever the clocks say.
 */
import { isDeepStrictEqual } from 'node:util'
import type { DecodedEntry } from '../../src/core/entry.ts'
import { hasEnded } from '../../src/core/run.ts'
import { STUBBORN } from './agents.ts'
import type { CallLine } from './call-log.ts'
import { checkEffects, type Repeats } from './check-effects.ts'
import { checkMoney, type Spending } from './check-money.ts'
import type { Asked, Look } from './client.ts'
import { LOOK } from './client.ts'
import type { Collected } from './collect.ts'
import type { EffectLine } from './effect-log.ts'
import { type Expected, outcomesOf } from './expected.ts'
import type { Placed } from './overtaken.ts'
import { WORKLOAD } from './workload.ts'

/** What is looked at. */
export interface Facts {
  readonly asked: readonly Asked[]
  readonly seen: ReadonlyMap<string, readonly DecodedEntry[]>
  readonly looks: readonly Look[]
  readonly effects: readonly Placed<EffectLine>[]
  readonly calls: readonly Placed<CallLine>[]
  readonly store: Collected
  /** What the same workload comes to without a crash. */
  readonly expected: Expected
}

/** What was found; each list names what, one line each. */
export interface Findings {
  /** Acknowledged and not there, seen and not there, or never ending. */
  readonly lost: readonly string[]
  /** Effects that happened again after their step was recorded. */
  readonly repeated: readonly string[]
  /** Sequences with a hole, a repeat or a wrong order, stored or streamed. */
  readonly gaps: readonly string[]
  /** Anything else that is not as without the crash. */
  readonly wrong: readonly string[]
  /** Effects that were not recorded and happened again, by what they were declared to be. */
  readonly unrecorded: Repeats
  readonly again: readonly string[]
  /** Charges that the ledger does not have, budgets that are over, reservations that nobody frees. */
  readonly money: readonly string[]
  readonly spending: Spending
}

/** Checks everything. */
export function check(facts: Facts): Findings {
  const journals = new Map(facts.store.runs.map((run) => [run.record.run, run]))
  const stubborn = new Set(
    facts.store.runs.filter(({ record }) => record.agent === STUBBORN).map(({ record }) => record.run),
  )
  const { repeated, unrecorded, again } = checkEffects(facts.effects, facts.store, stubborn, facts.looks)
  const models = checkMoney(facts.calls, facts.store)
  return {
    lost: [...lostCalls(facts, journals), ...lostEntries(facts, journals), ...unended(facts)],
    gaps: [...storedGaps(facts), ...streamedGaps(facts)],
    repeated: [...repeated, ...models.repeated],
    wrong: wrongOutcomes(facts),
    unrecorded,
    again,
    money: models.money,
    spending: models.spending,
  }
}

type Journals = ReadonlyMap<string, Collected['runs'][number]>

function lostCalls({ asked }: Facts, journals: Journals): string[] {
  return asked.flatMap(({ call, acknowledged, refusal, run }) => {
    if (!acknowledged) return call.kind === 'submit' ? [`submit ${call.key} was never acknowledged`] : []
    if (refusal !== undefined) return refusedWrongly(call, refusal)
    if (call.kind === 'submit') {
      return journals.has(run ?? '') ? [] : [`run ${run} of the acknowledged submit ${call.key} is not there`]
    }
    const entries = journals.get(call.run)?.entries ?? []
    if (call.kind === 'send') {
      const count = entries.filter((entry) => entry.kind === 'message-arrived' && entry.data.message === call.id).length
      return count === 1 ? [] : [`acknowledged message ${call.id} was recorded ${count} times`]
    }
    return isRecorded(entries, call)
      ? []
      : [`the acknowledged answer to ${call.question} of ${call.run} is not recorded`]
  })
}

// Who asks again may be told that it is over: the question was answered or expired, the run has ended.
function refusedWrongly(call: Asked['call'], refusal: string): string[] {
  const isFine = call.kind !== 'submit' && (refusal === 'ALREADY_ANSWERED' || refusal === 'ALREADY_ENDED')
  return isFine ? [] : [`${JSON.stringify(call)} was refused with ${refusal}`]
}

function isRecorded(
  entries: readonly DecodedEntry[],
  { question, answer }: Extract<Asked['call'], { kind: 'answer' }>,
) {
  return entries.some(
    (entry) =>
      entry.kind === 'question-answered' &&
      (entry.data.asked ?? entry.data.id) === question &&
      (answer === LOOK || isDeepStrictEqual(entry.data.answer, answer)),
  )
}

function lostEntries({ seen }: Facts, journals: Journals): string[] {
  return [...seen].flatMap(([run, entries]) =>
    entries
      .filter((entry) => !isDeepStrictEqual(plain(entry), plain(journals.get(run)?.entries[entry.sequence - 1])))
      .map(({ sequence, kind }) => `entry ${sequence} (${kind}) of ${run} was published and is not in the journal`),
  )
}

function plain(entry: DecodedEntry | undefined): unknown {
  return entry === undefined ? undefined : JSON.parse(JSON.stringify(entry))
}

function unended({ store }: Facts): string[] {
  return store.runs
    .filter(({ record }) => !hasEnded(record.status) || record.status === 'dead' || record.status === 'diverged')
    .map(({ record }) => `run ${record.run} of ${record.agent} is ${record.status}: ${record.reason ?? ''}`)
}

function storedGaps({ store }: Facts): string[] {
  return store.runs.flatMap(({ record, entries }) => {
    const gaps = gapsIn(`the journal of ${record.run}`, entries)
    const raised = entries.every((entry, at) => at === 0 || entry.epoch >= (entries[at - 1]?.epoch ?? 0))
    if (!raised) gaps.push(`the epochs of ${record.run} go back`)
    if (record.sequence !== entries.length)
      gaps.push(`${record.run} has ${entries.length} entries, not ${record.sequence}`)
    return gaps
  })
}

function streamedGaps({ seen }: Facts): string[] {
  return [...seen].flatMap(([run, entries]) => gapsIn(`the stream of ${run}`, entries))
}

function gapsIn(what: string, entries: readonly DecodedEntry[]): string[] {
  const at = entries.findIndex((entry, index) => entry.sequence !== index + 1)
  return at === -1 ? [] : [`${what} has ${entries[at]?.sequence} where ${at + 1} was due`]
}

function wrongOutcomes({ asked, store, expected }: Facts): string[] {
  const wrong: string[] = []
  const outcomes = outcomesOf(store)
  for (const [name, { output, path }] of expected) {
    const found = outcomes.get(name)
    if (found === undefined) wrong.push(`there is no ${name}`)
    else if (!isDeepStrictEqual(found.output, output)) {
      wrong.push(`${name} came to ${JSON.stringify(found.output)}, not to ${JSON.stringify(output)}`)
    } else if (!isDeepStrictEqual(found.path, path)) {
      wrong.push(`${name} recorded ${found.path.join(', ')}, not ${path.join(', ')}`)
    }
  }
  for (const name of outcomes.keys()) if (!expected.has(name)) wrong.push(`${name} is one too many`)
  for (const question of store.questions) wrong.push(`question ${question} is still open`)
  const ids = new Set(asked.filter(({ call }) => call.kind === 'submit').map(({ run }) => run))
  if (ids.size !== WORKLOAD.length) wrong.push(`${WORKLOAD.length} submits made ${ids.size} runs`)
  for (const { record } of store.runs) {
    if (record.agent === 'desk' && record.snapshot === undefined) wrong.push(`${record.run} of desk took no snapshot`)
  }
  return [...wrong, ...sessionFaults(store)]
}

// The runs of the one session counted its turns, one after the other (G7).
function sessionFaults({ runs }: Collected): string[] {
  const talks = runs.filter(({ record }) => record.session !== undefined).map(({ entries }) => entries.at(-1))
  const turns = talks.map((entry) => (entry?.kind === 'run-completed' ? Number(entry.data.output) : 0))
  const isCounted = isDeepStrictEqual(turns.toSorted(), [1, 2, 3])
  return isCounted ? [] : [`the runs of the session counted ${turns.join(', ')}, not 1, 2, 3`]
}
