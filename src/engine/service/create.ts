import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import { decodeEntry } from '../journal-entry.ts'
import { checkAndAnswer } from './answer.ts'
import { createChanges } from './changes.ts'
import { cancelRun, pauseRun, resumeRun, retryRun, sendMessage } from './control.ts'
import { findRun, type ServiceDependencies } from './dependencies.ts'
import { followRun, waitForEnd } from './follow.ts'
import { forkRun } from './fork.ts'
import { followSession } from './history.ts'
import { createLists } from './lists.ts'
import { createMoneyQueries, toCostView } from './money.ts'
import { listSchedules, putSchedule, removeSchedule } from './schedules.ts'
import type { Caller, RunView, Service } from './service.ts'
import { changeSession, createSession, removeSession, say } from './sessions.ts'
import { submitRun } from './submit.ts'
import { readTranscript } from './transcript.ts'
import { toView, withLast, withResult } from './view.ts'

export type { ServiceDependencies } from './dependencies.ts'

/** The service over a store: commands and queries of one runtime, whoever executes its runs. */
export function createService(dependencies: ServiceDependencies): Service {
  return {
    agents: dependencies.agents,
    ...commandsOf(dependencies),
    ...readsOf(dependencies),
    ...createLists(dependencies),
    ...createMoneyQueries(dependencies),
    ...conversationsOf(dependencies),
    schedules: (caller) => listSchedules(dependencies, caller),
    putSchedule: (caller, schedule) => putSchedule(dependencies, caller, schedule),
    removeSchedule: (caller, name) => removeSchedule(dependencies, caller, name),
    releases: () => dependencies.store.index.releases(),
    workers: () => dependencies.store.coordination.workers(),
  }
}

type Commands = 'submit' | 'cancel' | 'pause' | 'resume' | 'retry' | 'fork' | 'answer' | 'send' | 'remove'

function commandsOf(dependencies: ServiceDependencies): Pick<Service, Commands> {
  const view = viewOf(dependencies)
  const then =
    (command: (d: ServiceDependencies, caller: Caller, run: string) => Promise<void>) =>
    async (caller: Caller, run: string) => {
      await command(dependencies, caller, run)
      return view(caller, run)
    }
  return {
    submit: (caller, request) => submitRun(dependencies, caller, request),
    async cancel(caller, run, reason) {
      await cancelRun(dependencies, caller, run, reason)
      return view(caller, run)
    },
    pause: then(pauseRun),
    resume: then(resumeRun),
    retry: then(retryRun),
    fork: async (caller, run, options) => toView(await forkRun(dependencies, caller, run, options), []),
    answer: (caller, run, question, answer) => checkAndAnswer(dependencies, caller, { run, question, answer }),
    async send(caller, run, message) {
      await sendMessage(dependencies, await findRun(dependencies, caller, run), message)
    },
    async remove(caller, run) {
      const { status } = await findRun(dependencies, caller, run)
      if (await dependencies.store.index.remove(caller.tenant, run)) return
      const rule = 'only a run that has ended can be removed; cancel it first'
      throw new PolisError('CONFLICT', `Run ${run} is ${status}: ${rule}`)
    },
  }
}

type Conversations = 'createSession' | 'changeSession' | 'removeSession' | 'say' | 'history' | 'transcript'

function conversationsOf(dependencies: ServiceDependencies): Pick<Service, Conversations> {
  const following = { ...dependencies, changes: createChanges(dependencies.store, dependencies.clock) }
  return {
    createSession: (caller, request) => createSession(dependencies, caller, request),
    changeSession: (caller, session, change) => changeSession(dependencies, caller, session, change),
    removeSession: (caller, session) => removeSession(dependencies, caller, session),
    say: (caller, session, message) => say(dependencies, caller, session, message),
    history: (caller, session, after, signal) => followSession(following, caller, session, { after, signal }),
    transcript: (caller, session, page) => readTranscript(following, caller, session, page),
  }
}

type Reads = 'run' | 'entries' | 'follow' | 'wait'

function readsOf(dependencies: ServiceDependencies): Pick<Service, Reads> {
  const { store } = dependencies
  const following = { ...dependencies, changes: createChanges(store, dependencies.clock) }
  return {
    run: viewOf(dependencies),
    async entries(caller, run, after, limit) {
      await findRun(dependencies, caller, run)
      const page = await store.journal.read(caller.tenant, run, after, limit)
      return Promise.all(page.map((entry) => decodeEntry(store.blob, entry)))
    },
    follow: (caller, run, after, signal) => followRun(following, caller, run, after, signal),
    async wait(caller, run, signal) {
      const end = await endHere(dependencies, caller, run, signal)
      if (end !== undefined) return withLast(store, end.record, end.last)
      return show(dependencies, await waitForEnd(following, caller, run, signal))
    },
  }
}

function viewOf(dependencies: ServiceDependencies): Service['run'] {
  return async (caller, run) => show(dependencies, await findRun(dependencies, caller, run))
}

// Only a queued run can wait for its release.
async function show({ store }: ServiceDependencies, record: RunRecord): Promise<RunView> {
  const view = await withResult(store, record, record.status === 'queued' ? await store.coordination.workers() : [])
  const cost = await store.index.runCost(record.tenant, record.run)
  return cost.calls === 0 ? view : { ...view, cost: toCostView(cost) }
}

// A run in the memory of this thread's worker ends there first.
async function endHere({ worker }: ServiceDependencies, { tenant }: Caller, run: string, signal: AbortSignal) {
  const ending = worker?.ending(tenant, run)
  if (ending === undefined || signal.aborted) return undefined
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const abort = () => resolve(undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([ending, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
