import type { Page, Paged } from '../../index-port.ts'
import { newestFirst, type Place, pageOf } from '../../page.ts'
import { ofAll, type ShardStore, type Shards } from './shard-store.ts'

/** One page over all shards: as many of each as it may hold, the newest of them first. */
export async function mergePages<T>(
  shards: Shards,
  page: Page,
  placeOf: (item: T) => Place,
  ask: (shard: ShardStore, page: Page) => Promise<Paged<T>>,
  order: (a: Place, b: Place) => number = newestFirst,
): Promise<Paged<T>> {
  const pages = await ofAll(shards, (shard) => ask(shard, { ...page, limit: page.limit + 1 }))
  const rows = pages.flatMap(({ items }) => items).sort((a, b) => order(placeOf(a), placeOf(b)))
  return pageOf(rows, page, placeOf, (item) => item)
}
