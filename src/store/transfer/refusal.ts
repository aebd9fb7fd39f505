import { PolisError } from '../../core/error.ts'
import type { ImportSource, Pause } from '../transfer.ts'

/** Why a store that is restored is paused. */
export const RESTORED = 'it was restored from an export'

/** What a submit to a paused store is refused with. */
export function pausedError({ since, reason }: Pause): PolisError {
  const told = `The store is paused since ${new Date(since).toISOString()} (${reason})`
  const advice = '`polis store resume` starts it, once no other store has the same runs'
  return new PolisError('STORE_PAUSED', `${told}: ${advice}`, { details: { since, reason } })
}

/** What a resume, or another import, is refused with while an import has not ended. */
export function unfinishedError({ id }: ImportSource): PolisError {
  const told = `An import of the export ${id} into this store has not ended`
  return new PolisError(
    'CONFLICT',
    `${told}: run \`polis store import\` with that file again, which goes on where it was`,
  )
}

/** What an import is refused with by a store that is not empty. */
export function notEmptyError(found: string): PolisError {
  const told = `Expected an empty store to import into, and found ${found}`
  return new PolisError('CONFLICT', `${told}: two stores cannot be merged, name a new one`)
}

/** What rows are refused with before `begin`. */
export function notBegunError(): PolisError {
  return new PolisError('CONFLICT', 'Expected an import that has begun: the store was changed meanwhile, begin anew')
}
