import { PolisError } from '../../core/error.ts'
import { type Schema, validate } from '../../core/schema.ts'
import type { Evidence, Scorer } from '../evidence.ts'
import { failure } from './failure.ts'
import { atPath } from './path.ts'

/** 1 where the output, or what lies at the path in it, fits a Standard Schema (zod for one), else 0 and what is wrong. */
export function schema(expected: Schema, path?: string): Scorer {
  if (typeof expected !== 'object' && typeof expected !== 'function')
    throw new PolisError(
      'INVALID_CONFIG',
      `schema: expected a Standard Schema such as z.object({ … }), got ${typeof expected}`,
    )
  return Object.freeze({
    kind: 'scorer',
    score: async (evidence: Evidence) => failure(evidence) ?? (await check(expected, atPath(evidence.output, path))),
  })
}

async function check(expected: Schema, value: unknown) {
  try {
    await validate(expected, value, 'output', 'INVALID_OUTPUT')
    return { score: 1 }
  } catch (reason) {
    const error = PolisError.from(reason)
    if (error.code === 'INVALID_OUTPUT') return { score: 0, reason: error.message }
    throw error
  }
}
