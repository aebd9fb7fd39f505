import { decode } from '../../core/json.ts'
import type { Message } from '../../store/journal.ts'
import type { ChildEnd } from '../ending.ts'
import { applyCancel } from './cancel.ts'
import { record, scheduleFlush } from './record.ts'
import type { Residence } from './residence.ts'
import { handOut, scheduleTurn } from './turn.ts'
import { childOf, endChild, endQuestion, matchMessages } from './wait.ts'

/** What each kind of message says. */
export interface MessageBodies {
  readonly cancel: { readonly reason: string; readonly by?: string; readonly rollback?: boolean }
  readonly pause: { readonly by?: string }
  readonly answer: { readonly question: string; readonly answer: unknown; readonly by?: string }
  readonly event: { readonly name: string; readonly data: unknown }
  readonly child: ChildEnd
}

/** Takes messages for a run in memory: recorded in the commit that removes them, at the latest when the replay is over. */
export function takeMessages(residence: Residence, messages: readonly Message[]): void {
  for (const message of messages) {
    if (residence.taken.has(message.id)) continue
    residence.taken.add(message.id)
    residence.inbox.push(message)
  }
  drainInbox(residence)
}

/** Applies what arrived, once the run is live. */
export function drainInbox(residence: Residence): void {
  if (!residence.live || residence.inbox.length === 0) return
  if (residence.mode === 'ending' || residence.mode === 'dropped') return
  const messages = residence.inbox
  residence.inbox = []
  for (const message of messages) {
    residence.batch.consumed.push(message.id)
    apply(residence, message)
  }
  scheduleFlush(residence)
}

function apply(residence: Residence, message: Message): void {
  // The kind in the header says what the payload is; the service and the engine are all who write messages.
  const body = decode(message.payload)
  switch (message.kind) {
    case 'cancel':
      return cancel(residence, body as MessageBodies['cancel'])
    case 'pause':
      if (residence.mode === 'running') residence.mode = 'pausing'
      return scheduleTurn(residence)
    case 'answer':
      return answer(residence, body as MessageBodies['answer'])
    case 'event':
      return arrive(residence, message.id, body as MessageBodies['event'])
    case 'child':
      return childEnded(residence, body as ChildEnd)
  }
}

function cancel(residence: Residence, { reason, by, rollback }: MessageBodies['cancel']): void {
  if (residence.cancel !== undefined) return
  const { engine, record: run } = residence
  const time = engine.clock.now()
  for (const operation of residence.operations.values()) {
    const child = childOf(operation)
    if (operation.kind === 'child' && child !== undefined)
      residence.batch.messages.push(cancelChild(residence, child, time))
  }
  engine.log.info({ run: run.run, reason, by }, 'run is being cancelled')
  const body = { reason, ...(by === undefined ? {} : { by }), ...(rollback === undefined ? {} : { rollback }) }
  record(residence, 'cancel-requested', body, () =>
    handOut(residence, () => applyCancel(residence, { kind: 'cancel', reason, by, rollback: rollback ?? false, time })),
  )
}

function cancelChild({ record: { tenant, run } }: Residence, child: string, time: number): Message {
  const payload = Buffer.from(JSON.stringify({ reason: `its parent ${run} was cancelled` }))
  return { tenant, run: child, id: `${run}.cancelled`, kind: 'cancel', payload, time }
}

function answer(residence: Residence, body: MessageBodies['answer']): void {
  const operation = residence.operations.get(body.question)
  if (operation === undefined || operation.settled) {
    residence.engine.log.warn(
      { run: residence.record.run, question: body.question },
      'an answer came for a question that nobody waits for',
    )
    return
  }
  endQuestion(residence, operation, body.answer, body.by)
}

function arrive(residence: Residence, message: string, { name, data }: MessageBodies['event']): void {
  record(residence, 'message-arrived', { message, name, data })
  const queue = residence.messages.get(name) ?? []
  residence.messages.set(name, queue)
  queue.push({ message, data })
  matchMessages(residence)
}

function childEnded(residence: Residence, ended: ChildEnd): void {
  const operation = residence.operations.get(ended.step)
  if (operation === undefined || operation.settled || operation.kind !== 'child') return
  endChild(residence, operation, ended)
}
