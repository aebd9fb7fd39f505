import { decode } from '../../core/json.ts'
import type { Message } from '../../store/journal.ts'
import type { ChildEnd } from '../ending.ts'
import { applyCancel } from './cancel.ts'
import { record, scheduleFlush } from './record.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'
import { handOut, scheduleTurn } from './turn.ts'
import { endChild, endQuestion, matchMessages } from './wait.ts'

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
    // A pause is done when the run is paused, not before.
    if (message.kind !== 'pause' || residence.cancelRequested) partsOf(residence.batch).consumed.push(message.id)
    apply(residence, message)
  }
  if ((residence.batch.parts?.consumed.length ?? 0) > 0) scheduleFlush(residence)
}

function apply(residence: Residence, message: Message): void {
  // The kind in the header says what the payload is; the service and the engine are all who write messages.
  const body = decode(message.payload)
  switch (message.kind) {
    case 'cancel':
      return cancel(residence, body as MessageBodies['cancel'])
    case 'pause':
      return pause(residence, message.id, body as MessageBodies['pause'])
    case 'answer':
      return answer(residence, body as MessageBodies['answer'], message.time)
    case 'event':
      return arrive(residence, message.id, body as MessageBodies['event'])
    case 'child':
      return childEnded(residence, body as ChildEnd)
  }
}

function cancel(residence: Residence, { reason, by, rollback }: MessageBodies['cancel']): void {
  if (residence.cancelRequested) return
  residence.cancelRequested = true
  const { engine, record: run } = residence
  const time = engine.clock.now()
  engine.log.info({ run: run.run, reason, by }, 'run is being cancelled')
  const body = { reason, ...(by === undefined ? {} : { by }), ...(rollback === undefined ? {} : { rollback }) }
  record(residence, 'cancel-requested', body, () =>
    handOut(residence, () => applyCancel(residence, { kind: 'cancel', reason, by, rollback: rollback ?? false, time })),
  )
}

function pause(residence: Residence, message: string, { by }: MessageBodies['pause']): void {
  if (residence.cancelRequested) return
  residence.pause = { message, by }
  if (residence.mode === 'running') residence.mode = 'pausing'
  scheduleTurn(residence)
}

function answer(residence: Residence, body: MessageBodies['answer'], at: number): void {
  const live = residence.asking.get(body.question)
  if (live !== undefined) return live(body.answer, body.by)
  const operation = findAsked(residence, body.question)
  if (operation === undefined || operation.settled) {
    residence.engine.log.warn(
      { run: residence.record.run, question: body.question },
      'an answer came for a question that nobody waits for',
    )
    return
  }
  const { by } = body
  endQuestion(residence, operation, { answer: body.answer, ...(by === undefined ? {} : { by }), at })
}

function findAsked({ operations }: Residence, question: string): Operation | undefined {
  const own = operations.get(question)
  if (own !== undefined && (own.question ?? question) === question) return own
  return operations.values().find((operation) => operation.question === question)
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
