import type { PageView } from '../core/route/wire.ts'

/** The items of a list, page by page; the next page is asked for only when it is wanted. */
export async function* iteratePages<Item>(
  read: (cursor: { readonly cursor?: string }) => Promise<PageView<Item>>,
  start?: string,
): AsyncGenerator<Item, void> {
  let cursor = start
  do {
    const page = await read(cursor === undefined ? {} : { cursor })
    yield* page.items
    cursor = page.cursor
  } while (cursor !== undefined)
}
