import { EVAL_AGENT, EVAL_TAGS } from '../../core/eval.ts'
import { isRunId } from '../../core/name.ts'
import type { RunRecord } from '../../core/run.ts'
import { decodeEntry } from '../../engine/journal-entry.ts'
import type { Store } from '../../store/store.ts'
import { readResult } from '../result.ts'
import type { Baseline } from '../summarise.ts'

/** Which result is looked for: `baseline` is a release, a run, or `last`. */
export interface BaselineQuery {
  readonly tenant: string
  /** The run that asks; it is not its own baseline. */
  readonly run: string
  readonly eval: string
  readonly baseline: string | undefined
}

/** The newest result that is meant. `missing` for a release or a run that has none; the first eval of all just has no `last`. */
export async function findBaseline(store: Store, query: BaselineQuery): Promise<Baseline | 'missing' | null> {
  const { tenant, baseline } = query
  if (baseline === undefined) return null
  if (isRunId(baseline)) {
    const record = await store.index.get(tenant, baseline)
    return (record === undefined ? undefined : await resultOf(store, record)) ?? 'missing'
  }
  const tags: Record<string, string> = { [EVAL_TAGS.eval]: query.eval }
  if (baseline !== 'last') tags[EVAL_TAGS.release] = baseline
  const filter = { agent: EVAL_AGENT, status: ['completed'] as const, tags }
  const { items } = await store.index.list(tenant, filter, { limit: 20 })
  for (const record of items) {
    const found = record.run === query.run ? undefined : await resultOf(store, record)
    if (found !== undefined) return found
  }
  return baseline === 'last' ? null : 'missing'
}

async function resultOf({ journal, blob }: Store, record: RunRecord): Promise<Baseline | undefined> {
  const [last] = await journal.read(record.tenant, record.run, record.sequence - 1, 1)
  const ended = last === undefined ? undefined : await decodeEntry(blob, last)
  const result = ended?.kind === 'run-completed' ? readResult(ended.data.output) : undefined
  return result === undefined ? undefined : { run: record.run, result }
}
