/**
 * The client of one case: submits runs, follows them, answers their questions, and asks again what nobody acknowledged.
 *
 * Role: all that stands outside the workers and survives them. What it was told is what the checker holds the store to.
 * Invariants:
 * 1. Only what a worker acknowledged counts as acknowledged; everything else is asked again, under the same key or id.
 * 2. Each run is followed from the last entry that was seen, across any number of workers (G4).
 */
import { statSync } from 'node:fs'
import type { DecodedEntry } from '../../src/core/entry.ts'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { Call, Report } from './protocol.ts'
import type { WorkerProcess } from './worker-process.ts'
import { WORKLOAD } from './workload.ts'
import { findEffect } from './world.ts'

/** Whose runs the client's are, where there is only one. */
export const TENANT = 'crash'

// Milliseconds, when the store was away.
const AGAIN_AFTER = 20

/** A call, and what became of it. */
export interface Asked {
  readonly id: number
  readonly call: Call
  to: WorkerProcess | undefined
  /** A refusal's code; undefined while unacknowledged or once taken. */
  refusal: string | undefined
  acknowledged: boolean
  run: string | undefined
}

/** Somebody looked whether an effect happened, and it had not: how long the log was then (bytes). */
export interface Look {
  readonly key: string
  readonly size: number
}

/** What a client has seen and done. */
export interface Client {
  /** A worker that may be talked to. */
  join(worker: WorkerProcess): void
  /** What a worker reports. */
  hear(worker: WorkerProcess, report: Report): void
  /** A worker has died: what it owed is asked of another. */
  part(worker: WorkerProcess): void
  /** Resolves when all calls are acknowledged and all runs have ended. */
  readonly done: Promise<void>
  readonly asked: readonly Asked[]
  /** How often each code refused what was asked again then. */
  readonly refusals: ReadonlyMap<string, number>
  /** By run, in the order in which they came. */
  readonly seen: ReadonlyMap<string, readonly DecodedEntry[]>
  /** Where a question about an effect was answered with: do it again. */
  readonly looks: readonly Look[]
  /** Whether all runs that were acknowledged have ended. */
  isCalm(): boolean
  /** What has not ended or was not acknowledged, for a person. */
  open(): string
}

interface State {
  readonly tenant: string
  readonly random: Random
  readonly effects: string
  readonly workers: WorkerProcess[]
  readonly asked: Asked[]
  readonly refusals: Map<string, number>
  readonly seen: Map<string, DecodedEntry[]>
  readonly looks: Look[]
  /** Runs being followed, and by whom. */
  readonly following: Map<string, WorkerProcess | undefined>
  readonly over: Set<string>
  readonly finish: () => void
}

/** Makes the client of a tenant, that begins to submit as soon as a worker joins. */
export function createClient(seed: number, effects: string, tenant: string = TENANT): Client {
  const { promise, resolve } = Promise.withResolvers<void>()
  const state: State = {
    ...{ tenant, random: seededRandom(seed), effects, workers: [], asked: [], refusals: new Map(), seen: new Map() },
    ...{ looks: [] },
    ...{ following: new Map(), over: new Set(), finish: resolve },
  }
  for (const call of WORKLOAD) ask(state, call)
  return {
    asked: state.asked,
    refusals: state.refusals,
    seen: state.seen,
    looks: state.looks,
    done: promise,
    join: (worker) => join(state, worker),
    hear: (worker, report) => hear(state, worker, report),
    part: (worker) => part(state, worker),
    isCalm: () => isCalm(state),
    open: () => describeOpen(state),
  }
}

function join(state: State, worker: WorkerProcess): void {
  state.workers.push(worker)
  resume(state)
}

function part(state: State, worker: WorkerProcess): void {
  const at = state.workers.indexOf(worker)
  if (at !== -1) state.workers.splice(at, 1)
  for (const asked of state.asked) if (asked.to === worker) asked.to = undefined
  for (const [run, by] of state.following) if (by === worker) state.following.set(run, undefined)
  resume(state)
}

// Asks and follows whatever nobody takes care of.
function resume(state: State): void {
  for (const asked of state.asked) if (!asked.acknowledged && asked.to === undefined) send(state, asked)
  for (const [run, by] of state.following) if (by === undefined && !state.over.has(run)) follow(state, run)
}

function ask(state: State, call: Call): void {
  const id = state.asked.length
  const asked: Asked = { id, call, to: undefined, refusal: undefined, acknowledged: false, run: undefined }
  state.asked.push(asked)
  send(state, asked)
}

function send(state: State, asked: Asked): void {
  const worker = pick(state)
  if (worker === undefined) return
  asked.to = worker
  const { id } = asked
  const spread = asked.call.kind === 'submit' ? id * 4 : 0
  // One after the other, so that they do not all travel in one group.
  setTimeout(() => {
    if (asked.to === worker)
      worker.tell({ kind: 'call', tenant: state.tenant, id, call: currentCall(state, asked.call) })
  }, spread)
}

// A person who is asked again looks again at what happened.
function currentCall(state: State, call: Call): Call {
  if (call.kind !== 'answer' || call.answer !== LOOK) return call
  // A question about a later attempt has its number.
  const key = `${call.run}/${call.question.replace(/@\d+$/, '')}`
  const size = statSync(state.effects, { throwIfNoEntry: false })?.size ?? 0
  const found = findEffect(state.effects, key)
  if (found === undefined) state.looks.push({ key, size })
  return { ...call, answer: found === undefined ? { action: 'retry' } : { action: 'done', output: found } }
}

/** Stands for: as the effect log says. */
export const LOOK = 'look'

function follow(state: State, run: string): void {
  const worker = pick(state)
  state.following.set(run, worker)
  worker?.tell({ kind: 'follow', tenant: state.tenant, run, after: state.seen.get(run)?.length ?? 0 })
}

function unfollow(state: State, worker: WorkerProcess, run: string): void {
  if (state.following.get(run) !== worker) return
  state.following.set(run, undefined)
  setTimeout(() => resume(state), AGAIN_AFTER)
}

function pick({ workers, random }: State): WorkerProcess | undefined {
  return workers[Math.floor(random.next() * workers.length)]
}

function hear(state: State, worker: WorkerProcess, report: Report): void {
  if (report.kind === 'entry') see(state, worker, report.entry)
  if (report.kind === 'called') acknowledge(state, report)
  if (report.kind === 'ended') state.over.add(report.run)
  if (report.kind === 'unfollowed') unfollow(state, worker, report.run)
  if (report.kind === 'broken') worker.kill('SIGKILL')
  const isDone = state.asked.every(({ acknowledged }) => acknowledged)
  if (isDone && isCalm(state)) state.finish()
}

function isCalm({ following, over }: State): boolean {
  return following.keys().every((run) => over.has(run))
}

function acknowledge(state: State, { id, run, refusal }: Extract<Report, { kind: 'called' }>): void {
  const asked = state.asked[id]
  if (asked === undefined) return
  // The store was closed, or busy, before it was taken: it is asked again.
  if (refusal?.startsWith('STORE_')) {
    asked.to = undefined
    state.refusals.set(refusal, (state.refusals.get(refusal) ?? 0) + 1)
    setTimeout(() => resume(state), AGAIN_AFTER)
    return
  }
  asked.acknowledged = true
  asked.refusal = refusal
  asked.run = run
  if (asked.call.kind === 'send') sendWord(state, asked.call.run)
  if (run === undefined || asked.call.kind !== 'submit') return
  follow(state, run)
  if (asked.call.agent === 'listener') sendWord(state, run)
}

// The first one twice: the same id counts once. One after the other, since only then their order is known.
const WORDS = ['one', 'one', 'two']

function sendWord(state: State, run: string): void {
  const word = WORDS[state.asked.filter(({ call }) => call.kind === 'send' && call.run === run).length]
  if (word !== undefined) ask(state, { kind: 'send', run, id: `${run}.${word}`, data: word })
}

function see(state: State, worker: WorkerProcess, entry: DecodedEntry): void {
  if (state.following.get(entry.run) !== worker) return
  const entries = state.seen.get(entry.run) ?? []
  state.seen.set(entry.run, entries)
  entries.push(entry)
  if (entry.kind === 'child-started' || entry.kind === 'run-continued') {
    if (entry.data.run !== '' && !state.following.has(entry.data.run)) follow(state, entry.data.run)
  }
  if (entry.kind === 'question-asked') answer(state, entry)
}

function answer(state: State, { run, data }: Extract<DecodedEntry, { kind: 'question-asked' }>): void {
  if (data.question === 'Instead?') return
  const isUncertain = data.question.endsWith('Did it happen?')
  const call: Call = { kind: 'answer', run, question: data.asked ?? data.id, answer: isUncertain ? LOOK : { ok: 7 } }
  // Around the deadline of the one question that has one.
  const after = data.deadline === undefined ? 0 : state.random.next() * 160
  setTimeout(() => ask(state, call), after)
}

function describeOpen({ asked, following, over, seen }: State): string {
  const calls = asked.filter(({ acknowledged }) => !acknowledged).map(({ call }) => JSON.stringify(call))
  const runs = [...following.keys()].filter((run) => !over.has(run))
  const lines = runs.map(
    (run) =>
      `${run} after ${
        seen
          .get(run)
          ?.map(({ kind }) => kind)
          .join(' ') || 'nothing'
      }`,
  )
  return [...calls, ...lines].join('; ')
}
