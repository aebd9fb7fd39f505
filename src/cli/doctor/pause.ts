import type { Store } from '../../store/store.ts'
import { ADVICE } from '../advice.ts'
import type { Check } from './check.ts'

/** What there is to say of a store that is paused, or half imported; nothing of any other. */
export async function checkPause({ transfer }: Pick<Store, 'transfer'>): Promise<readonly Check[]> {
  const { paused, importing } = await transfer.state()
  if (paused === undefined) return []
  const base = { area: 'store', name: 'pause', status: 'warn' } as const
  const since = new Date(paused.since).toISOString()
  if (importing === undefined) {
    const detail = `no run is executed or taken since ${since}: ${paused.reason}`
    return [{ ...base, detail, advice: ADVICE.STORE_PAUSED }]
  }
  const detail = `an import that began at ${since} has come to line ${importing.progress}, and not to its end`
  return [{ ...base, detail, advice: 'Import the same file again: it goes on where it was' }]
}
