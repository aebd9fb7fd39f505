import type { EndedStatus } from '../../core/run.ts'
import type { DeliverOutcome, Message } from '../journal.ts'
import type { Answer } from './answer.ts'
import { type Operation, plainOperation, readAll } from './operation.ts'
import type { Value } from './pack.ts'
import { idOf, splitId } from './record.ts'

/** Puts a message into its run's inbox. */
export function deliverOperation(message: Message): Operation<DeliverOutcome> {
  return plainOperation(['deliver', ...messageParts(message)], readOutcome)
}

/** A message as Lua is given it. */
export function messageParts({ tenant, run, id, kind, time, closes, payload }: Message): readonly Value[] {
  return [idOf(tenant, run), id, kind, time, closes, payload]
}

/** Asks for the undelivered messages of a run, or of all runs of a worker. */
export function inboxOperation(
  of: { readonly tenant: string; readonly run: string } | { readonly worker: string },
): Operation<readonly Message[]> {
  if ('worker' in of) {
    return plainOperation(['inbox-of', of.worker], (answer) => readAll(answer, (one) => readMessage(one, undefined)))
  }
  return plainOperation(['inbox', idOf(of.tenant, of.run)], (answer) => readAll(answer, (one) => readMessage(one, of)))
}

/** Reads a message: of a run that is known, or with its run's id at the end. */
export function readMessage(
  answer: Answer,
  of: { readonly tenant: string; readonly run: string } | undefined,
): Message {
  answer.array()
  answer.skip()
  const id = answer.text()
  // Written by messageParts.
  const kind = answer.text() as Message['kind']
  const time = answer.number()
  const closes = answer.maybeText()
  const payload = answer.bytes()
  const { tenant, run } = of ?? splitId(answer.text())
  return { tenant, run, id, kind, payload, time, ...(closes === undefined ? undefined : { closes }) }
}

function readOutcome(answer: Answer): DeliverOutcome {
  if (answer.kind() === 'array') {
    answer.array()
    answer.skip()
    // Written by the library.
    return { kind: 'ended', status: answer.text() as EndedStatus }
  }
  // Written by the library.
  return { kind: answer.text() as 'delivered' | 'duplicate' | 'not-found' | 'not-open' }
}
