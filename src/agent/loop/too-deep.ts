import type { PolisError } from '../../core/error.ts'

/** Whether runs have called one another deeper than is allowed: all of them end with it, since each would only try again. */
export function isTooDeep({ code, details }: PolisError): boolean {
  return code === 'LIMIT_REACHED' && Array.isArray(details.chain)
}
