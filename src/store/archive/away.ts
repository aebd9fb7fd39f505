import { PolisError } from '../../core/error.ts'

/** Whether the archive cannot be asked now, so that what it would have answered is not known. */
export function isAway(reason: unknown): boolean {
  return ['STORE_UNAVAILABLE', 'STORE_BUSY'].includes(PolisError.from(reason).code)
}
