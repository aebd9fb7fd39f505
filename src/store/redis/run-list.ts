import type { RunStatus } from '../../core/run.ts'
import type { IndexPort, ReleaseCount, RunFilter } from '../index-port.ts'
import { pageOf } from '../page.ts'
import { type ListPlace, listPlace, lookThrough, readLook } from './look.ts'
import { plainOperation, readAll } from './operation.ts'
import { readRecord, tagParts } from './record.ts'
import type { Shard } from './shard.ts'

/** Makes the list of runs, and their counts. */
export function createRunList({ read }: Shard): Pick<IndexPort, 'list' | 'counts' | 'releases'> {
  const texts = (query: string) => read(plainOperation([query], (answer) => readAll(answer, (each) => each.text())))
  return {
    list: async (tenant, filter, page) => {
      const given = filterOf(filter)
      const { createdFrom: from, createdTo: to } = filter
      const look = (after: ListPlace | undefined, wanted: number) =>
        read(plainOperation(['list', tenant, given, from, to, wanted, after], (answer) => readLook(answer, readRecord)))
      const after = listPlace(page, ([run = '']) => run)
      const rows = await lookThrough(page.limit + 1, after, look)
      return pageOf(
        rows,
        page,
        ({ createdAt, run }) => [createdAt, run],
        (record) => record,
      )
    },
    counts: async () => countsOf(await texts('counts')),
    releases: async () => releasesOf(await texts('releases')),
  }
}

// The names that the library knows; tags are names and values, one after another.
function filterOf({ agent, status, session, parent, release, tags = {} }: RunFilter) {
  return {
    ...{ agent, session, parent, release },
    ...(status === undefined ? {} : { status: [...new Set(status)] }),
    tags: tagParts(tags),
  }
}

type Counts = Awaited<ReturnType<IndexPort['counts']>>

// Of `status:tenant:agent` and a count, one after another.
function countsOf(texts: readonly string[]): Counts {
  const counts = new Map<string, Counts[number]>()
  for (let at = 0; at < texts.length; at += 2) {
    const [status, , agent = ''] = (texts[at] ?? '').split(':')
    const key = `${status}:${agent}`
    const count = (counts.get(key)?.count ?? 0) + Number(texts[at + 1])
    // Only `batch.count` writes these.
    counts.set(key, { status: status as RunStatus, agent, count })
  }
  return [...counts.values()]
}

// Of `agent:release` and a count, one after another; agents have no colon.
function releasesOf(texts: readonly string[]): readonly ReleaseCount[] {
  return Array.from({ length: texts.length / 2 }, (_, at) => {
    const [name = '', count] = texts.slice(2 * at, 2 * at + 2)
    const [agent = ''] = name.split(':', 1)
    return { agent, release: name.slice(agent.length + 1), count: Number(count) }
  })
}
