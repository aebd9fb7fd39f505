import { PolisError } from '../../../core/error.ts'
import { given } from '../given.ts'
import type { Handlers } from '../handler.ts'

type ResourceOperation =
  | 'listQuestions'
  | 'getQuestion'
  | 'answerQuestion'
  | 'listAgents'
  | 'getAgent'
  | 'listSchedules'
  | 'getSchedule'
  | 'putSchedule'
  | 'removeSchedule'
  | 'listReleases'
  | 'listWorkers'

/** Questions, agents, schedules, releases and workers. */
export const resourceHandlers: Handlers<ResourceOperation> = {
  async listQuestions({ query: { limit, cursor, ...filter } }, { service, caller }) {
    return { status: 200, body: await service.questions(caller, given(filter), pageOf({ limit, cursor })) }
  },
  async getQuestion({ params }, { service, caller }) {
    return { status: 200, body: await service.question(caller, params.run, params.question) }
  },
  async answerQuestion({ params, body }, { service, caller }) {
    await service.answer(caller, params.run, params.question, body.answer)
    return { status: 204 }
  },
  async listAgents(_, { service }) {
    return { status: 200, body: { items: service.agents() } }
  },
  async getAgent({ params }, { service }) {
    const agent = service.agents().find(({ name }) => name === params.agent)
    if (agent === undefined) throw new PolisError('UNKNOWN_AGENT', `There is no agent ${params.agent}`)
    return { status: 200, body: agent }
  },
  async listSchedules(_, { service, caller }) {
    return { status: 200, body: { items: await service.schedules(caller) } }
  },
  async getSchedule({ params }, { service, caller }) {
    const schedule = (await service.schedules(caller)).find(({ name }) => name === params.schedule)
    if (schedule === undefined) throw new PolisError('NOT_FOUND', `There is no schedule ${params.schedule}`)
    return { status: 200, body: schedule }
  },
  async putSchedule({ params, body }, { service, caller }) {
    return { status: 200, body: await service.putSchedule(caller, { name: params.schedule, ...body }) }
  },
  async removeSchedule({ params }, { service, caller }) {
    await service.removeSchedule(caller, params.schedule)
    return { status: 204 }
  },
  async listReleases(_, { service }) {
    return { status: 200, body: { items: await service.releases() } }
  },
  async listWorkers(_, { service }) {
    return { status: 200, body: { items: await service.workers() } }
  },
}

function pageOf({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) {
  return { limit, ...(cursor === undefined ? {} : { cursor }) }
}
