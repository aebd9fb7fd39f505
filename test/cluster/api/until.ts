import { setTimeout as wait } from 'node:timers/promises'

/**
 * Asks again until there is an answer, and gives it.
 *
 * What is waited for is another program's doing, whose time nobody can tell: a test ends as soon as it is done, and fails after the
 * limit (milliseconds) with what was waited for and the last reason why it was not.
 */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | undefined>,
  { limit = 60_000, every = 50 }: { readonly limit?: number; readonly every?: number } = {},
): Promise<Value> {
  const end = performance.now() + limit
  let last: unknown = 'not yet'
  for (;;) {
    try {
      const value = await ask()
      if (value !== undefined) return value
    } catch (reason) {
      last = reason
    }
    if (performance.now() > end) throw new Error(`not within ${limit} ms: ${what}`, { cause: last })
    await wait(every)
  }
}
