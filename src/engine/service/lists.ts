import { isAway } from '../../store/archive/away.ts'
import { NO_ARCHIVE } from '../../store/archive/none.ts'
import type { Archive } from '../../store/archive.ts'
import type { RunFilter } from '../../store/index-port.ts'
import { findQuestion } from './answer.ts'
import type { Caller } from './caller.ts'
import { findSession, type ServiceDependencies } from './dependencies.ts'
import type { Service } from './service.ts'
import { toQuestionView, toSessionView, toView } from './view.ts'

type Lists = 'runs' | 'question' | 'questions' | 'session' | 'sessions'

/** What the service answers from the index: runs, open questions and sessions. */
export function createLists(dependencies: ServiceDependencies): Pick<Service, Lists> {
  const { store, archive = NO_ARCHIVE } = dependencies
  return {
    async runs(caller, { archived = false, ...filter }, page) {
      if (archived) return archive.list(caller.tenant, filter, page)
      const workers = await store.coordination.workers()
      const { items, ...rest } = await store.index.list(caller.tenant, filter, page)
      const list = { ...rest, items: items.map((record) => toView(record, workers)) }
      if (rest.cursor !== undefined || !(await hasArchived(archive, caller, filter))) return list
      return { ...list, archived: true }
    },
    async questions(caller, filter, page) {
      const { items, ...rest } = await store.index.questions(caller.tenant, filter, page)
      return { ...rest, items: items.map(toQuestionView) }
    },
    question: (caller, run, question) => findQuestion(dependencies, caller, run, question),
    session: async (caller, session) => toSessionView(await findSession(dependencies, caller.tenant, session)),
    async sessions(caller, filter, page) {
      const { items, ...rest } = await store.index.sessions(caller.tenant, filter, page)
      return { ...rest, items: items.map(toSessionView) }
    },
  }
}

// What the store has is shown also while the archive is away.
async function hasArchived(archive: Pick<Archive, 'list'>, { tenant }: Caller, filter: RunFilter): Promise<boolean> {
  try {
    return (await archive.list(tenant, filter, { limit: 1 })).items.length > 0
  } catch (reason) {
    if (isAway(reason)) return false
    throw reason
  }
}
