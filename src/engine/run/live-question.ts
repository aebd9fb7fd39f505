/**
 * Questions that a step asks while it executes.
 *
 * Role: for callers that are held by a live request, such as a tool server that asks in the middle of a call.
 * Boundary: a question here is tied to one attempt of its step, unlike that of `scope.ask`, which survives everything.
 * Invariants:
 * 1. A question is open only while its attempt executes: it is withdrawn in the commit that records the attempt's end, or, after a
 *    crash, before the next attempt begins.
 * 2. Each has an id of its own, so that no answer reaches another attempt.
 * 3. While one is open the step's time stands still.
 */

import { formatDuration } from '../../core/duration.ts'
import type { EntryBodies } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { encode } from '../../core/json.ts'
import type { AskTerms } from '../scope.ts'
import { refOf } from './operate.ts'
import { buffer, record, scheduleFlush } from './record.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'

/** The questions of one attempt. */
export interface LiveQuestions {
  /** Asks a human; rejects TIMEOUT when nobody answered within `terms.timeout`, CANCELLED when the attempt is over before. */
  ask(terms: AskTerms): Promise<unknown>
  /** The attempt is over: withdraws what is open. */
  end(): void
}

/** Questions for an attempt; `hold` stops its clock and gives back what lets it go on. */
export function createLiveQuestions(residence: Residence, operation: Operation, hold: () => () => void): LiveQuestions {
  const open = new Map<string, (reason: PolisError) => void>()
  let over = false
  const given = () => new PolisError('CANCELLED', `Step ${operation.id} asked a question and is over`)
  return {
    ask: async (terms) => {
      if (over || operation.settled) throw given()
      const id = nextId(operation)
      const release = hold()
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      open.set(id, reject)
      residence.asking.set(id, (answer, by) => {
        residence.asking.delete(id)
        const body = { ...refOf(operation), asked: id, answer, ...(by === undefined ? {} : { by }) }
        record(residence, 'step-answered', body, () => resolve(answer))
      })
      const cancel = expireAfter(residence, operation, id, terms.timeout, reject)
      try {
        publish(residence, operation, id, terms)
        return await promise
      } finally {
        cancel()
        release()
        open.delete(id)
      }
    },
    end: () => {
      over = true
      for (const [id, reject] of open) {
        withdraw(residence, operation, id)
        reject(given())
      }
    },
  }
}

/** Withdraws what an attempt that a crash cut off had asked (invariant 1). */
export function withdrawLeft(residence: Residence, operation: Operation): void {
  for (const id of operation.recorded?.open ?? []) unask(residence, operation, id)
  operation.recorded?.open.clear()
}

function nextId(operation: Operation): string {
  operation.asks = (operation.asks ?? operation.recorded?.asks ?? 0) + 1
  return operation.asks === 1 ? `${operation.id}.ask` : `${operation.id}.ask#${operation.asks}`
}

function publish(residence: Residence, operation: Operation, id: string, terms: AskTerms): void {
  const { timeout, otherwise: _, ...asked } = terms
  const { record: run, engine } = residence
  const now = engine.clock.now()
  const due = timeout === undefined ? {} : { deadline: now + timeout }
  const shown: EntryBodies['question-asked'] = { ...refOf(operation), id, ...asked, ...due }
  const payload = encode(shown)
  record(residence, 'step-asked', { ...refOf(operation), asked: id, ...asked, ...due })
  const assignee = terms.assignee === undefined ? {} : { assignee: terms.assignee }
  partsOf(residence.batch).asks.push({
    ...{ tenant: run.tenant, run: run.run, id, agent: run.agent, askedAt: now, payload },
    ...due,
    ...assignee,
  })
}

// An answer that is on its way meanwhile comes too late: the server has been told that there is none.
function expireAfter(
  residence: Residence,
  operation: Operation,
  id: string,
  timeout: number | undefined,
  reject: (reason: PolisError) => void,
): () => void {
  if (timeout === undefined) return () => {}
  const { clock } = residence.engine
  return clock.setTimer(clock.now() + timeout, () => {
    withdraw(residence, operation, id)
    reject(new PolisError('TIMEOUT', `There was no answer to question ${id} within ${formatDuration(timeout)}`))
  })
}

function withdraw(residence: Residence, operation: Operation, id: string): void {
  // Answered already: the answer is on its way into the journal.
  if (residence.asking.delete(id)) unask(residence, operation, id)
}

function unask(residence: Residence, operation: Operation, id: string): void {
  buffer(residence, 'step-unasked', { ...refOf(operation), asked: id })
  partsOf(residence.batch).withdraws.push(id)
  if (residence.mode !== 'ending' && residence.mode !== 'dropped') scheduleFlush(residence)
}
