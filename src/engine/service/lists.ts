import { findQuestion } from './answer.ts'
import { findSession, type ServiceDependencies } from './dependencies.ts'
import type { Service } from './service.ts'
import { toQuestionView, toSessionView, toView } from './view.ts'

type Lists = 'runs' | 'question' | 'questions' | 'session' | 'sessions'

/** What the service answers from the index: runs, open questions and sessions. */
export function createLists(dependencies: ServiceDependencies): Pick<Service, Lists> {
  const { store } = dependencies
  return {
    async runs(caller, filter, page) {
      const workers = await store.coordination.workers()
      const { items, ...rest } = await store.index.list(caller.tenant, filter, page)
      return { ...rest, items: items.map((record) => toView(record, workers)) }
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
