import type { Charge } from '../../core/budget.ts'
import type { DecodedEntry } from '../../core/entry.ts'
import type { RunRecord } from '../../core/run.ts'
import { decodeEntry } from '../../engine/journal-entry.ts'
import type { Store } from '../../store/store.ts'
import type { SpentResult } from '../result.ts'
import { sum } from '../summarise.ts'

const PAGE = 500

/** The journal of a run, with those of the runs that it was continued in. */
export async function readJournal(
  store: Store,
  { tenant, run }: Pick<RunRecord, 'tenant' | 'run'>,
): Promise<readonly DecodedEntry[]> {
  const entries: DecodedEntry[] = []
  for (let id: string | undefined = run; id !== undefined; ) {
    const own = await readAll(store, tenant, id)
    entries.push(...own)
    const last: DecodedEntry | undefined = own.at(-1)
    id = last?.kind === 'run-continued' ? last.data.run : undefined
  }
  return entries
}

/** What a run and its child runs were charged, by the entries that say so. */
export async function spentBy(
  store: Store,
  { tenant }: Pick<RunRecord, 'tenant'>,
  entries: readonly DecodedEntry[],
): Promise<SpentResult> {
  const parts: SpentResult[] = []
  for (const { kind, data } of entries) {
    if ('charge' in data && data.charge !== undefined) parts.push(amountOf(data.charge))
    if (kind === 'child-started')
      parts.push(await spentBy(store, { tenant }, await readJournal(store, { tenant, run: data.run })))
  }
  return sum(parts)
}

async function readAll({ journal, blob }: Store, tenant: string, run: string): Promise<readonly DecodedEntry[]> {
  const entries: DecodedEntry[] = []
  for (;;) {
    const page = await journal.read(tenant, run, entries.length, PAGE)
    for (const entry of page) entries.push(await decodeEntry(blob, entry))
    if (page.length < PAGE) return entries
  }
}

function amountOf({ nanos, usage }: Charge): SpentResult {
  return { nanos: nanos ?? 0, tokens: usage.input + usage.output, ...(nanos === undefined ? { unpriced: true } : {}) }
}
