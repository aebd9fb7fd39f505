import type { PolisError } from '../../core/error.ts'
import { encode } from '../../core/json.ts'
import { letGo } from './operate.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'
import { childOf } from './wait.ts'

/**
 * Rejects an operation that nobody waits for any more. Its question is withdrawn and its child run cancelled, in the run's next
 * commit; when a replay does so again, the store takes it as done.
 */
export function abandon(residence: Residence, operation: Operation, error: PolisError): void {
  if (operation.settled) return
  letGo(residence, operation)
  if (operation.kind === 'question' || operation.onAnswer !== undefined)
    partsOf(residence.batch).withdraws.push(operation.question ?? operation.id)
  cancelChild(residence, operation)
  operation.reject(error)
}

function cancelChild({ engine, record: { tenant, run }, batch }: Residence, operation: Operation): void {
  const child = childOf(operation)
  if (operation.kind !== 'child' || child === undefined || operation.recorded?.closing !== undefined) return
  const payload = encode({ reason: `its parent ${run} does not want it any more` })
  partsOf(batch).messages.push({
    tenant,
    run: child,
    id: `${run}.cancelled`,
    kind: 'cancel',
    payload,
    time: engine.clock.now(),
  })
}
