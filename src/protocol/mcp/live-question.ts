/**
 * Role: finds the human for what a server of the older era asks while it holds a request open.
 * Boundary: one connection; who is asked, and how, is the caller's.
 * Invariants:
 * 1. A question is only ever shown to whom it belongs: with several calls on the connection nobody can tell, so it waits until one is
 *    left, and is refused when that takes too long.
 * 2. A connection that was asked so takes one call at a time from then on.
 */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { ServerAnswer, ServerQuestion } from '../../core/server-question.ts'
import { settledWithin } from './wait.ts'

/** A call that is under way on a connection. */
export interface Asker {
  /** Asks the human behind it. */
  readonly ask: (question: ServerQuestion) => Promise<ServerAnswer>
}

/** The calls on one connection, for the questions of its server. */
export interface LiveQuestions {
  /** Runs a call that may be asked. */
  during<Result>(asker: Asker, call: () => Promise<Result>): Promise<Result>
  /** Has the human of the call that it belongs to asked. Throws a ProtocolError for the server when it belongs to none. */
  answer(question: ServerQuestion): Promise<ServerAnswer>
}

const PATIENCE = 10_000

/** Questions of one connection; `onFirst` is told when its server asks. */
export function createLiveQuestions(clock: Clock, onFirst: () => void): LiveQuestions {
  const askers = new Set<Asker>()
  let alone = Promise.withResolvers<void>()
  const leave = (asker: Asker) => {
    askers.delete(asker)
    if (askers.size > 1) return
    alone.resolve()
    alone = Promise.withResolvers()
  }
  return {
    during: async (asker, call) => {
      askers.add(asker)
      return call().finally(() => leave(asker))
    },
    answer: async (question) => {
      onFirst()
      if (askers.size > 1) await settledWithin(alone.promise, PATIENCE, clock)
      const [asker, other] = askers
      if (asker === undefined || other !== undefined) throw refused(askers.size)
      return asker.ask(question)
    },
  }
}

function refused(calls: number): ProtocolError {
  const why =
    calls === 0
      ? 'no call is under way that it could belong to'
      : `${calls} calls are under way, and it cannot be told whose question it is; make the call again`
  return new ProtocolError(ProtocolErrorCode.InvalidRequest, `Nobody was asked: ${why}`)
}
