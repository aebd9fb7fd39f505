import { CONTRACT } from '../../core/route/contract.ts'
import { validate } from '../../core/schema.ts'
import type { EvalsRequest } from '../plan.ts'

/** What a run of evals was asked for; INVALID_INPUT for anything else. */
export function readRequest(input: unknown): EvalsRequest {
  // The schema is not asynchronous, and gives exactly this.
  return validate(CONTRACT.startEvals.body.schema, input ?? {}, 'request of the evals') as EvalsRequest
}
