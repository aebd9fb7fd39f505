import type { MemoryState } from './state.ts'

/** Gives the lead in something to its holder, or to whoever asks once its time is over; answers whether it was given. */
export function applyLead(
  state: MemoryState,
  { name, holder, ms }: { readonly name: string; readonly holder: string; readonly ms: number },
  now: number,
): boolean {
  const row = state.leads.get(name)
  if (row !== undefined && row.holder !== holder && row.until > now) return false
  if (ms > 0) state.leads.set(name, { holder, until: now + ms })
  else state.leads.delete(name)
  return ms > 0
}
