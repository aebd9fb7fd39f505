import { NO_COST } from '../cost.ts'
import type { EndedRun, IndexPort } from '../index-port.ts'
import { type Place, pageOf, placeAfter } from '../page.ts'
import type { Answer } from './answer.ts'
import { costOfRun } from './costs.ts'
import type { ListPlace } from './look.ts'
import { plainOperation, readAll } from './operation.ts'
import { idOf, readRecord } from './record.ts'
import { turnOf } from './session-list.ts'
import type { Shard } from './shard.ts'

/** Runs of one call: each may refer to many blobs. */
const AT_ONCE = 200

/** Makes the list of the runs that ended. */
export function createEnded({ read }: Shard): Pick<IndexPort, 'ended'> {
  return {
    ended: async (before, page) => {
      const rows: Omit<EndedRun, 'cost'>[] = []
      let after = endedPlace(page.cursor === undefined ? undefined : placeAfter(page))
      for (let isMore = true; isMore; ) {
        const wanted = Math.min(AT_ONCE, page.limit + 1 - rows.length)
        const found = await read(
          plainOperation(['ended', before, wanted, after], (answer) => readAll(answer, readEnded)),
        )
        rows.push(...found)
        const last = rows.at(-1)
        after = last && [last.record.endedAt ?? 0, idOf(last.record.tenant, last.record.run)]
        isMore = found.length === wanted && rows.length <= page.limit
      }
      const { items, ...rest } = pageOf(rows, page, placeOf, (row) => row)
      const costs = await Promise.all(items.map(({ record }) => costOfRun(read, record.tenant, record.run)))
      return { items: items.map((row, at) => ({ ...row, cost: costs[at] ?? NO_COST })), ...rest }
    },
  }
}

// Members of the list are named as runs are: of one time, in the order of their bytes.
function endedPlace(place: Place | undefined): ListPlace | undefined {
  return place && [place[0], idOf(place[1] ?? '', place[2] ?? '')]
}

function placeOf({ record }: Pick<EndedRun, 'record'>): Place {
  return [record.endedAt ?? 0, record.tenant, record.run]
}

function readEnded(answer: Answer): Omit<EndedRun, 'cost'> {
  answer.array()
  const record = readRecord(answer)
  const blobs = readAll(answer, (each) => each.text()).sort()
  return { record, blobs, turns: readAll(answer, (each) => turnOf(each.text())) }
}
