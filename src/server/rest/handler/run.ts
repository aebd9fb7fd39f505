import { PATHS } from '../../../core/ports.ts'
import { entryView } from '../event-frame.ts'
import { given } from '../given.ts'
import type { Handlers } from '../handler.ts'
import { waitFor } from './submit.ts'
import { readTags } from './tag.ts'

type RunOperation =
  | 'listRuns'
  | 'getRun'
  | 'removeRun'
  | 'cancelRun'
  | 'pauseRun'
  | 'resumeRun'
  | 'retryRun'
  | 'forkRun'
  | 'sendMessage'
  | 'listEntries'

/** Reads and commands of runs. */
export const runHandlers: Handlers<RunOperation> = {
  async listRuns({ query: { tag, limit, cursor, ...filter } }, { service, caller }) {
    const tags = readTags(tag)
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) }
    return {
      status: 200,
      body: await service.runs(caller, { ...given(filter), ...(tags === undefined ? {} : { tags }) }, page),
    }
  },
  async getRun({ params, query }, context) {
    const { service, caller } = context
    const run = await service.run(caller, params.run)
    return { status: 200, body: query.wait === undefined ? run : await waitFor(params.run, query.wait, context) }
  },
  async removeRun({ params }, { service, caller }) {
    await service.remove(caller, params.run)
    return { status: 204 }
  },
  async cancelRun({ params, body }, { service, caller }) {
    return { status: 200, body: await service.cancel(caller, params.run, body?.reason) }
  },
  async pauseRun({ params }, { service, caller }) {
    return { status: 200, body: await service.pause(caller, params.run) }
  },
  async resumeRun({ params }, { service, caller }) {
    return { status: 200, body: await service.resume(caller, params.run) }
  },
  async retryRun({ params }, { service, caller }) {
    return { status: 200, body: await service.retry(caller, params.run) }
  },
  async forkRun({ params, body }, { service, caller }) {
    const run = await service.fork(caller, params.run, body?.at === undefined ? {} : { at: body.at })
    return { status: 201, body: run, headers: { location: `${PATHS.api}/runs/${run.run}` } }
  },
  async sendMessage({ params, body: { name, data, id } }, { service, caller }) {
    await service.send(caller, params.run, { name, data, ...(id === undefined ? {} : { id }) })
    return { status: 204 }
  },
  async listEntries({ params, query }, { service, caller }) {
    const entries = await service.entries(caller, params.run, query.after, query.limit)
    return { status: 200, body: { items: entries.map(entryView) } }
  },
}
