import { randomUUID } from 'node:crypto'
import { notBegunError, notEmptyError, RESTORED, unfinishedError } from '../transfer/refusal.ts'
import { type Pause, STORE_TOPIC, type TransferPort } from '../transfer.ts'
import { readBlob } from './blob.ts'
import { dumpPart, findAnything } from './dump.ts'
import { factsOf, pauseOf } from './facts.ts'
import type { Process } from './process.ts'
import { mendSessions, restoreRow } from './restore.ts'
import { type MemoryState, STORE } from './state.ts'
import { keyOf } from './table.ts'

/** A state in memory has no format but the present one. */
const FORMAT = 1

/** The transfer port. A snapshot is a copy of the state. */
export function transferPort({ state, write, read }: Process): TransferPort {
  return {
    state: () => read(() => ({ format: FORMAT, ...factsOf(state) })),
    pause: (reason) => write((now) => setPause(state, pauseOf(state) ?? { since: now, reason })),
    resume: () => write(() => resume(state)),
    snapshot: () =>
      read(() => {
        const copy = state.copy()
        return {
          journal: {
            read: async (tenant, run, after, limit) =>
              copy.journals.get(keyOf(tenant, run)).slice(after, after + limit),
          },
          blob: { read: async (tenant, hash) => readBlob(copy, tenant, hash) },
          dump: async (part, after, limit) => dumpPart(copy, part, after, limit),
          [Symbol.asyncDispose]: async () => {},
        }
      }),
    dump: (part, after, limit) => read(() => dumpPart(state, part, after, limit)),
    begin: ({ id }) => write((now) => begin(state, id, now)),
    restore: (rows, progress) =>
      write(() => {
        const { importing, ...facts } = factsOf(state)
        if (importing === undefined) throw notBegunError()
        for (const row of rows) restoreRow(state, row)
        state.facts.set(STORE, { ...facts, importing: { ...importing, progress } })
      }),
    finish: () =>
      write((now) => {
        mendSessions(state, now)
        const { importing, ...facts } = factsOf(state)
        state.facts.set(STORE, facts)
      }),
  }
}

function setPause(state: MemoryState, paused: Pause): void {
  state.facts.set(STORE, { ...factsOf(state), paused })
  state.touched.add(STORE_TOPIC)
}

function resume(state: MemoryState): void {
  const { paused, ...facts } = factsOf(state)
  if (facts.importing !== undefined) throw unfinishedError(facts.importing)
  state.facts.set(STORE, facts)
  state.touched.add(STORE_TOPIC)
}

function begin(state: MemoryState, id: string, now: number): number {
  const { importing } = factsOf(state)
  if (importing?.id === id) return importing.progress
  if (importing !== undefined) throw unfinishedError(importing)
  const found = findAnything(state)
  if (found !== undefined) throw notEmptyError(found)
  const paused = { since: now, reason: RESTORED }
  state.facts.set(STORE, { incarnation: randomUUID(), paused, importing: { id, progress: 0 } })
  state.touched.add(STORE_TOPIC)
  return 0
}
