/**
 * Where runs live.
 *
 * Role: finds the shard of a run, and decides that of a new one. Boundary: it knows nothing of what runs do.
 * Invariants:
 * 1. A run never moves, so that what was found once may be remembered.
 * 2. A run that does not live at home (the shard that its id says) has a pointer there before it is submitted.
 */
import type { Submit } from '../../journal.ts'
import type { Answer } from '../answer.ts'
import { plainOperation, readAll, readNothing } from '../operation.ts'
import { idOf, splitId } from '../record.ts'
import { ofAll, type ShardStore, type Shards, shardAt, shardOf } from './shard-store.ts'

/** Finds runs. */
export interface Locator {
  /** The shard of a run: its home when there is no such run. */
  find(tenant: string, run: string): Promise<ShardStore>
  /** Remembers where a run was seen. */
  saw(tenant: string, run: string, shard: number): void
  /** Where a run that is new will live, `near` being the shard of the commit that submits it. */
  placeOf(submit: Submit, near?: number): Promise<number>
  /** Has a run found that is about to be submitted. */
  point(submit: Submit, place: number): Promise<void>
  /** Forgets one that was removed. */
  forget(tenant: string, run: string): void
  /** Removes pointers to runs that were removed, or never came. */
  expire(now: number): Promise<void>
}

/** Runs of which the place is remembered, by default. */
const REMEMBERED = 20_000

/** A pointer that old whose run was not seen yet is looked after (ms). */
const UNSEEN = 24 * 60 * 60 * 1000
/** So many at once. */
const AT_ONCE = 100

/** Makes the locator of one process. */
export function createLocator(shards: Shards, remembered = REMEMBERED): Locator {
  const known = new Map<string, number>()
  const homeOf = (tenant: string, run: string) => shardOf(shards, 'run', tenant, run)
  const saw = (tenant: string, run: string, shard: number) => {
    if (remembered === 0) return
    if (known.size >= remembered) for (const oldest of known.keys()) if (known.delete(oldest)) break
    known.set(idOf(tenant, run), shard)
  }
  const find = async (tenant: string, run: string): Promise<ShardStore> => {
    const id = idOf(tenant, run)
    const place = known.get(id) ?? (await look(shardAt(shards, homeOf(tenant, run)), id))
    if (place === undefined) return shardAt(shards, homeOf(tenant, run))
    saw(tenant, run, place)
    return shardAt(shards, place)
  }
  return {
    saw,
    find,
    placeOf: async ({ record: { tenant, run, agent, session, parent }, key }, near) => {
      if (session !== undefined) return shardOf(shards, 'session', tenant, session)
      if (near !== undefined) return near
      if (parent !== undefined) return (await find(tenant, parent.run)).shard.number
      return key === undefined ? homeOf(tenant, run) : shardOf(shards, 'key', tenant, agent, key.key)
    },
    point: async ({ record: { tenant, run } }, place) => {
      const home = homeOf(tenant, run)
      if (home === place) return
      const at = plainOperation(['point', idOf(tenant, run), place], readNothing)
      await shardAt(shards, home).shard.write(at)
    },
    forget: (tenant, run) => void known.delete(idOf(tenant, run)),
    expire: async (now) => {
      await ofAll(shards, async ({ shard }) => {
        const freed = await shard.write(plainOperation(['points-freed', AT_ONCE], readIds))
        for (const id of freed) {
          const { tenant, run } = splitId(id)
          const home = shardAt(shards, homeOf(tenant, run)).shard
          if (home !== shard) await prove(shards, home, id, shard.number)
        }
        const old = await shard.read(plainOperation(['points-old', now - UNSEEN, AT_ONCE], readPoints))
        for (const { id, place } of old) await prove(shards, shard, id, place)
      })
    },
  }
}

// A pointer whose run is not there was made for a submit that never came.
async function prove(shards: Shards, home: ShardStore['shard'], id: string, place: number): Promise<void> {
  const there = place < 0 ? undefined : await look(shardAt(shards, place), id)
  const done = there === place ? ['point-proved', id] : ['unpoint', id, place]
  await home.write(plainOperation(done, readNothing))
}

function readIds(answer: Answer): readonly string[] {
  return readAll(answer, (id) => id.text())
}

function readPoints(answer: Answer) {
  return readAll(answer, (point) => {
    point.array()
    return { id: point.text(), place: point.number() }
  })
}

async function look({ shard }: ShardStore, id: string): Promise<number | undefined> {
  return shard.read(
    plainOperation(['where', id], (answer) => {
      if (answer.kind() === 'number') return answer.number()
      return answer.boolean() ? shard.number : undefined
    }),
  )
}
