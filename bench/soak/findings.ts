import type { EntryView } from '../../src/core/route/wire.ts'

/** What is wrong with runs, a line each. */
export interface Findings {
  readonly lost: string[]
  readonly repeated: string[]
  readonly gaps: string[]
  readonly wrong: string[]
}

/** Looks at the journal of an ended run: its sequence has no holes, and no recorded step happened again afterwards. */
export function checkJournal(
  run: string,
  entries: readonly EntryView[],
  effects: ReadonlyMap<string, readonly string[]>,
): Pick<Findings, 'repeated' | 'gaps'> {
  const hole = entries.findIndex(({ sequence }, at) => sequence !== at + 1)
  const gaps = hole === -1 ? [] : [`run ${run} has entry ${entries[hole]?.sequence} where ${hole + 1} was due`]
  const repeated = entries.flatMap((entry) => {
    if (entry.kind !== 'step-completed') return []
    const { id, output } = entry.data as { readonly id: string; readonly output?: { readonly nonce?: string } } // Of our agents.
    const nonces = effects.get(`${run}/${id}`) ?? []
    const nonce = output?.nonce
    if (nonce === undefined || nonces.at(-1) === nonce) return []
    if (!nonces.includes(nonce)) return [`step ${id} of ${run} recorded an effect that nobody saw`]
    return [`step ${id} of ${run} happened again after it was recorded`]
  })
  return { gaps, repeated }
}
