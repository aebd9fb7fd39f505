import { PolisError } from '../../core/error.ts'
import type { BlobPort } from '../blob.ts'
import type { Dumped, Part } from '../transfer.ts'
import type { Row } from '../transfer-row.ts'
import type { Answer } from './answer.ts'
import {
  type BlobName,
  readBlobName,
  readBudgetRow,
  readChargeRow,
  readFamilyRow,
  readKeyRow,
  readRaiseRow,
  readSessionRow,
} from './dump-row.ts'
import { type ListPlace, readLook } from './look.ts'
import { plainOperation, readAll } from './operation.ts'
import { splitId } from './record.ts'
import type { Shard } from './shard.ts'

/** A list that a part is read from. */
interface List {
  readonly name: string
  /** Whether there is one of each tenant and agent, of each tenant, or of all. */
  readonly of: 'agent' | 'tenant' | 'all'
  /** Items of one call, where each may bring many. */
  readonly most?: number
  readonly read: (answer: Answer, tenant: string) => Row | BlobName | undefined
}

type Listed = Exclude<Part, 'schedule'>

const LISTS: Readonly<Record<Listed, readonly List[]>> = {
  run: [{ name: 'dump-runs', of: 'agent', most: 20, read: readFamilyRow }],
  session: [{ name: 'dump-sessions', of: 'tenant', read: readSessionRow }],
  budget: [{ name: 'dump-budgets', of: 'tenant', read: readBudgetRow }],
  raise: [{ name: 'dump-raises', of: 'tenant', read: readRaiseRow }],
  charge: [{ name: 'dump-charges', of: 'tenant', read: readChargeRow }],
  key: [{ name: 'dump-keys', of: 'all', read: readKeyRow }],
  blob: [
    { name: 'dump-blobs', of: 'agent', read: readBlobName },
    { name: 'dump-loose-blobs', of: 'all', read: readBlobName },
  ],
}

/** What a dump reads with: a shard, and what tells of blobs, which may lie in others. */
export interface Source {
  readonly read: Shard['read']
  readonly head: BlobPort['head']
}

/** Where a dump goes on: in which of a part's lists, whose (`tenant:agent`, or a tenant), and behind which place. */
interface Cursor {
  readonly list: number
  readonly owner: string
  readonly after?: ListPlace
}

/** Rows of a part that has lists, in their order, owner by owner. */
export async function dumpListed(
  { read, head }: Source,
  part: Listed,
  from: string | undefined,
  limit: number,
): Promise<Dumped> {
  const lists = LISTS[part]
  const owners = await knownOwners({ read })
  const rows: Row[] = []
  let at = from === undefined ? first(lists, owners, 0) : parseCursor(from)
  while (at !== undefined && rows.length < limit) {
    const { list, owner, after } = at
    const { name, of, most = limit, read: readRow } = listAt(lists, list)
    const tenant = of === 'agent' ? splitId(owner).tenant : owner
    const parts = [name, owner, after, Math.min(most, limit)]
    const { found, on } = await read(
      plainOperation(parts, (answer) => readLook(answer, (item) => readRow(item, tenant))),
    )
    for (const one of found) {
      const row = one?.kind === 'name' ? await blobRow(one, head) : one
      if (row !== undefined) rows.push(row)
    }
    at = on === undefined ? following(lists, owners, at) : { list, owner, after: on }
  }
  return at === undefined ? { rows } : { rows, next: JSON.stringify(at) }
}

type Owners = Readonly<Record<List['of'], readonly string[]>>

/** Whose lists there are: of tenants and agents that there ever was something of. */
export async function knownOwners({ read }: Pick<Source, 'read'>): Promise<Owners> {
  const known = await read(plainOperation(['known'], (answer) => readAll(answer, (one) => one.text()).sort()))
  return { agent: known, tenant: [...new Set(known.map((name) => splitId(name).tenant))], all: [''] }
}

async function blobRow({ tenant, hash }: BlobName, head: BlobPort['head']): Promise<Row | undefined> {
  const record = await head(tenant, hash)
  if (record === undefined) return undefined
  const { createdAt, ...blob } = record
  return { kind: 'blob', tenant, ...blob }
}

function first(lists: readonly List[], owners: Owners, list: number): Cursor | undefined {
  if (list >= lists.length) return undefined
  const [owner] = owners[listAt(lists, list).of]
  return owner === undefined ? first(lists, owners, list + 1) : { list, owner }
}

function following(lists: readonly List[], owners: Owners, { list, owner }: Cursor): Cursor | undefined {
  const next = owners[listAt(lists, list).of].find((one) => one > owner)
  return next === undefined ? first(lists, owners, list + 1) : { list, owner: next }
}

function listAt(lists: readonly List[], at: number): List {
  const list = lists[at]
  if (list === undefined) throw new PolisError('INVALID_ARGUMENT', `Expected one of ${lists.length} lists, got ${at}`)
  return list
}

function parseCursor(from: string): Cursor {
  const cursor: unknown = JSON.parse(from)
  if (typeof cursor !== 'object' || cursor === null || !('list' in cursor) || !('owner' in cursor)) {
    throw new PolisError('INVALID_ARGUMENT', `Expected a place of this store, got ${from}`)
  }
  // Written by `dumpListed`.
  return cursor as Cursor
}
