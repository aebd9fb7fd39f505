import type { Clock } from '../../core/clock.ts'
import { parseDuration } from '../../core/duration.ts'
import { EVAL_TAGS } from '../../core/eval.ts'
import { decodeEntry } from '../../engine/journal-entry.ts'
import type { Store } from '../../store/store.ts'
import type { EvalCase, RunData } from './data.ts'

/** Where runs are picked from. */
export interface PickOptions {
  readonly store: Store
  readonly clock: Clock
  readonly tenant: string
  /** The agent that is evaluated. */
  readonly agent: string
}

/** Cases made from runs of the store, oldest first. Runs of evals are left out: they would feed on themselves. */
export async function pickRuns(
  data: RunData,
  { store, clock, tenant, agent }: PickOptions,
): Promise<readonly EvalCase[]> {
  const { status = 'completed', tags, since, limit = 20 } = data
  const filter = {
    agent: data.agent ?? agent,
    status: typeof status === 'string' ? [status] : status,
    ...(tags === undefined ? {} : { tags }),
    ...(since === undefined ? {} : { createdFrom: clock.now() - parseDuration(since, 'runs: option since') }),
  }
  const picked: EvalCase[] = []
  let cursor: string | undefined
  do {
    const page = await store.index.list(tenant, filter, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    for (const { run, sequence, tags: own } of page.items) {
      if (picked.length >= limit) break
      if (own[EVAL_TAGS.run] === undefined) picked.push(await caseOf(store, tenant, run, sequence))
    }
    cursor = page.cursor
  } while (cursor !== undefined && picked.length < limit)
  return picked.reverse()
}

async function caseOf({ journal, blob }: Store, tenant: string, run: string, last: number): Promise<EvalCase> {
  const [first] = await journal.read(tenant, run, 0, 1)
  const [end] = await journal.read(tenant, run, last - 1, 1)
  const submitted = first === undefined ? undefined : await decodeEntry(blob, first)
  const ended = end === undefined ? undefined : await decodeEntry(blob, end)
  return {
    name: run,
    input: submitted?.kind === 'run-submitted' ? submitted.data.input : undefined,
    ...(ended?.kind === 'run-completed' ? { expected: ended.data.output } : {}),
  }
}
