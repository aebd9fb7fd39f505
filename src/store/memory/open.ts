import type { Clock } from '../../core/clock.ts'
import type { BlobPort } from '../blob.ts'
import type { CoordinationPort } from '../coordination.ts'
import type { IndexPort } from '../index-port.ts'
import type { JournalPort } from '../journal.ts'
import type { LocalDurability, Store } from '../store.ts'
import { applyCommit } from './append.ts'
import { gather, putBlob, readBlob } from './blob.ts'
import { applyClaim } from './claim.ts'
import { listCosts, sumRun } from './costs.ts'
import { applyDeliver } from './deliver.ts'
import { listEnded } from './ended.ts'
import type { Faults } from './group.ts'
import { applyLead } from './lead.ts'
import {
  countReleases,
  countRuns,
  getSession,
  listBudgets,
  listQuestions,
  listRuns,
  listSessions,
  listTurns,
} from './listing.ts'
import { attachProcess, type Process } from './process.ts'
import { applyExpire, removeRun, removeSession, removeSessionRuns } from './removal.ts'
import { applyTick, listSchedules, putSchedule } from './schedule.ts'
import { changeSession, createSession } from './session-change.ts'
import { findRun, inboxOf, inboxOfWorker, type MemoryState, memoryState } from './state.ts'
import { applyOwnSubmit } from './submit.ts'
import { keyOf } from './table.ts'
import { transferPort } from './transfer.ts'
import { measure } from './usage.ts'
import { applyReap, applyRegister, applyUnregister, applyUpdate, listWorkers } from './worker.ts'

/** What a memory store is made from. */
export interface MemoryStoreOptions {
  readonly clock: Clock
  /** The data, which several stores may share as processes share a file; by default empty data of its own. */
  readonly state?: MemoryState
  /** `disk` syncs each group; `process` leaves it to the state's `syncEvery`. */
  readonly durability?: LocalDurability
  readonly faults?: Faults
  /** How full it says that it is. */
  readonly fill?: () => number
}

/** A store in memory, which can die as a process does. */
export interface MemoryStore extends Store {
  readonly state: MemoryState
  /** Ends a worker's lease while the store lives, as the lease of a paused process ends on a store that judges it by time. */
  expire(worker: string): void
  /** As kill -9: what is pending never happens, no call on it ever resolves again, its leases are gone. */
  crash(): void
}

/**
 * The model of a store: simple, in memory, and as strict as the real ones.
 *
 * Operations of one event-loop turn are committed together at its end; until then they are neither resolved nor readable.
 * On a store that was closed every call rejects with STORE_UNAVAILABLE.
 */
export function openMemoryStore({
  clock,
  state = memoryState(),
  durability = 'process',
  faults = () => undefined,
  fill = () => 0,
}: MemoryStoreOptions): MemoryStore {
  const process = attachProcess(state, clock, durability, faults)
  return {
    name: 'memory',
    durability,
    state,
    fill,
    usage: () => process.read(() => measure(state)),
    journal: journalPort(process),
    index: indexPort(process),
    coordination: coordinationPort(process),
    blob: blobPort(process),
    transfer: transferPort(process),
    ping: () => process.read(() => {}),
    close: process.close,
    expire: (worker) => void state.leases.delete(worker),
    crash: process.self.crash,
    [Symbol.asyncDispose]: process.close,
  }
}

function journalPort({ state, write, read, watch }: Process): JournalPort {
  return {
    submit: (submit) => write((now) => applyOwnSubmit(state, submit, now)),
    append: (commit) => write((now) => applyCommit(state, commit, now)),
    deliver: (message) => write((now) => applyDeliver(state, message, now)),
    read: (tenant, run, after, limit) =>
      read(() => state.journals.get(keyOf(tenant, run)).slice(Math.max(0, after), Math.max(0, after) + limit)),
    inbox: (of) =>
      read(() => {
        const rows = 'worker' in of ? inboxOfWorker(state, of.worker) : inboxOf(state, of.tenant, of.run)
        return rows.map(({ message }) => message)
      }),
    watch,
  }
}

function indexPort({ state, write, read }: Process): IndexPort {
  return {
    get: (tenant, run) => read(() => findRun(state, tenant, run)?.record),
    list: (tenant, filter, page) => read(() => listRuns(state, tenant, filter, page)),
    counts: () => read(() => countRuns(state)),
    releases: () => read(() => countReleases(state)),
    question: (tenant, run, id) => read(() => state.questions.get(keyOf(tenant, run, id))),
    questions: (tenant, filter, page) => read(() => listQuestions(state, tenant, filter, page)),
    session: (tenant, session) => read(() => getSession(state, tenant, session)),
    sessions: (tenant, filter, page) => read(() => listSessions(state, tenant, filter, page)),
    turns: (tenant, session, from, limit) => read(() => listTurns(state, tenant, session, from, limit)),
    createSession: (session) => write((now) => createSession(state, session, now)),
    changeSession: (tenant, session, change) => write((now) => changeSession(state, tenant, session, change, now)),
    budgets: (tenant, filter, page) => read(() => listBudgets(state, tenant, filter, page)),
    costs: (tenant, query) => read(() => listCosts(state, tenant, query)),
    runCost: (tenant, run) => read(() => sumRun(state, tenant, run)),
    ended: (before, page) => read(() => listEnded(state, before, page)),
    remove: (tenant, run, sequence) => write(() => removeRun(state, tenant, run, sequence)),
    removeSession: (tenant, session) => write(() => removeSession(state, tenant, session)),
    removeSessionRuns: (tenant, session, limit) => write(() => removeSessionRuns(state, tenant, session, limit)),
    expire: (request) => write(() => applyExpire(state, request)),
  }
}

function coordinationPort({ state, self, lost, write, read }: Process): CoordinationPort {
  return {
    lease: 'lock',
    register: (worker, onLost) => {
      if (onLost !== undefined) lost.set(worker.worker, onLost)
      return write(() => applyRegister(state, worker, self))
    },
    holds: (worker) => state.leases.get(worker) === self,
    update: (worker) => write(() => applyUpdate(state, worker)),
    unregister: (worker) => write((now) => applyUnregister(state, worker, now)),
    reap: () => write((now) => applyReap(state, now)),
    workers: () => read(() => listWorkers(state)),
    claim: (request) => write(() => applyClaim(state, request)),
    schedules: (tenant) => read(() => listSchedules(state, tenant)),
    putSchedule: (schedule) => write(() => putSchedule(state, schedule)),
    removeSchedule: (tenant, name) => write(() => state.schedules.delete(keyOf(tenant, name))),
    lead: (name, holder, ms) => write((now) => applyLead(state, { name, holder, ms }, now)),
    tick: (schedule, nextAt, submit) => write((now) => applyTick(state, schedule, nextAt, submit, now)),
  }
}

function blobPort({ state, write, read }: Process): BlobPort {
  return {
    put: async (tenant, bytes, info = {}) => {
      const whole = await gather(bytes)
      return write((now) => putBlob(state, tenant, whole, info, now))
    },
    head: (tenant, hash) => read(() => state.blobs.get(keyOf(tenant, hash))?.record),
    read: (tenant, hash) => read(() => readBlob(state, tenant, hash)),
  }
}
