import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import { schemaFromJson, validate } from '../../core/schema.ts'
import { decodeEntry } from '../journal-entry.ts'
import { createChanges } from './changes.ts'
import { answerQuestion, cancelRun, pauseRun, resumeRun, retryRun, sendMessage } from './control.ts'
import { findRun, type ServiceDependencies } from './dependencies.ts'
import { followRun, waitForEnd } from './follow.ts'
import { forkRun } from './fork.ts'
import { listSchedules, putSchedule, removeSchedule } from './schedules.ts'
import type { Caller, RunView, Service } from './service.ts'
import { submitRun } from './submit.ts'
import { toQuestionView, toSessionView, toView, withLast, withResult } from './view.ts'

export type { ServiceDependencies } from './dependencies.ts'

/** The service over a store: commands and queries of one runtime, whoever executes its runs. */
export function createService(dependencies: ServiceDependencies): Service {
  const { store } = dependencies
  const following = { ...dependencies, changes: createChanges(store) }
  // Only a queued run can wait for its release.
  const show = async (record: RunRecord) =>
    withResult(store, record, record.status === 'queued' ? await store.coordination.workers() : [])
  const view = async (caller: Caller, run: string): Promise<RunView> => show(await findRun(dependencies, caller, run))
  const then =
    (command: (d: ServiceDependencies, caller: Caller, run: string) => Promise<void>) =>
    async (caller: Caller, run: string) => {
      await command(dependencies, caller, run)
      return view(caller, run)
    }
  return {
    agents: dependencies.agents,
    submit: (caller, request) => submitRun(dependencies, caller, request),
    run: view,
    async runs(caller, filter, page) {
      const workers = await store.coordination.workers()
      const { items, ...rest } = await store.index.list(caller.tenant, filter, page)
      return { ...rest, items: items.map((record) => toView(record, workers)) }
    },
    async cancel(caller, run, reason) {
      await cancelRun(dependencies, caller, run, reason)
      return view(caller, run)
    },
    pause: then(pauseRun),
    resume: then(resumeRun),
    retry: then(retryRun),
    fork: async (caller, run, options) => toView(await forkRun(dependencies, caller, run, options), []),
    answer: (caller, run, question, answer) => checkAndAnswer(dependencies, caller, run, question, answer),
    async send(caller, run, message) {
      await sendMessage(dependencies, await findRun(dependencies, caller, run), message)
    },
    async remove(caller, run) {
      const record = await findRun(dependencies, caller, run)
      if (!(await store.index.remove(caller.tenant, run))) {
        throw new PolisError(
          'CONFLICT',
          `Run ${run} is ${record.status}: only a run that has ended can be removed; cancel it first`,
        )
      }
    },
    async entries(caller, run, after, limit) {
      await findRun(dependencies, caller, run)
      const page = await store.journal.read(caller.tenant, run, after, limit)
      return Promise.all(page.map((entry) => decodeEntry(store.blob, entry)))
    },
    follow: (caller, run, after, signal) => followRun(following, caller, run, after, signal),
    async wait(caller, run, signal) {
      const end = await endHere(dependencies, caller, run, signal)
      if (end !== undefined) return withLast(store, end.record, end.last)
      return show(await waitForEnd(following, caller, run, signal))
    },
    async questions(caller, filter, page) {
      const { items, ...rest } = await store.index.questions(caller.tenant, filter, page)
      return { ...rest, items: items.map(toQuestionView) }
    },
    async session(caller, session) {
      const record = await store.index.session(caller.tenant, session)
      if (record === undefined) throw new PolisError('NOT_FOUND', `There is no session ${session}`)
      return toSessionView(record)
    },
    async sessions(caller, page) {
      const { items, ...rest } = await store.index.sessions(caller.tenant, page)
      return { ...rest, items: items.map(toSessionView) }
    },
    async removeSession(caller, session) {
      if (await store.index.removeSession(caller.tenant, session)) return
      const record = await store.index.session(caller.tenant, session)
      if (record === undefined) throw new PolisError('NOT_FOUND', `There is no session ${session}`)
      throw new PolisError('CONFLICT', `Session ${session} has an unfinished run: cancel it first`)
    },
    schedules: (caller) => listSchedules(dependencies, caller),
    putSchedule: (caller, schedule) => putSchedule(dependencies, caller, schedule),
    removeSchedule: (caller, name) => removeSchedule(dependencies, caller, name),
    workers: () => store.coordination.workers(),
  }
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

async function checkAndAnswer(
  dependencies: ServiceDependencies,
  caller: Caller,
  run: string,
  question: string,
  answer: unknown,
): Promise<void> {
  const { store } = dependencies
  const record = await findRun(dependencies, caller, run)
  const { items } = await store.index.questions(caller.tenant, { run }, { limit: 1000 })
  const open = items.find(({ id }) => id === question)
  if (open !== undefined) {
    const { schema } = toQuestionView(open)
    if (typeof schema === 'object' && schema !== null) {
      await validate(
        schemaFromJson(schema as Parameters<typeof schemaFromJson>[0]),
        answer,
        `answer to question ${question}`,
      )
    }
  }
  await answerQuestion(dependencies, caller, record, question, answer)
}
