import { PATHS } from '../../../core/ports.ts'
import type { SessionView } from '../../../core/route/wire.ts'
import { decodePlace } from '../../../core/session-place.ts'
import { STREAM_LIMITS } from '../dependency.ts'
import { SESSION_END_FRAME, sessionEntryFrame, sessionTransientFrame } from '../event-frame.ts'
import { createEventStream } from '../event-stream.ts'
import { given } from '../given.ts'
import type { HandlerContext, Handlers } from '../handler.ts'
import { answerStarted, refuseWhileDraining } from './submit.ts'
import { readTags } from './tag.ts'

type SessionOperation =
  | 'listSessions'
  | 'createSession'
  | 'getSession'
  | 'changeSession'
  | 'removeSession'
  | 'sendSessionMessage'
  | 'listSessionMessages'
  | 'followSession'

/** Conversations. */
export const sessionHandlers: Handlers<SessionOperation> = {
  async listSessions({ query: { tag, limit, cursor, ...filter } }, { service, caller }) {
    const all = given({ ...filter, tags: readTags(tag) })
    return { status: 200, body: await service.sessions(caller, all, { limit, ...given({ cursor }) }) }
  },
  async createSession({ body: { agent, ...rest } }, { service, caller }) {
    const session = await service.createSession(caller, { agent, ...given(rest) })
    const location = `${PATHS.api}/sessions/${encodeURIComponent(session.session)}`
    return { status: 201, body: session, headers: { location } }
  },
  async getSession({ params }, { service, caller }) {
    return { status: 200, body: await service.session(caller, params.session) }
  },
  async changeSession({ params, body }, { service, caller }) {
    return { status: 200, body: await service.changeSession(caller, params.session, given(body)) }
  },
  async removeSession({ params }, { service, caller }) {
    await service.removeSession(caller, params.session)
    return { status: 204 }
  },
  async sendSessionMessage({ params, body: { message, attachments, ...rest }, query, headers }, context) {
    refuseWhileDraining(context)
    const files = attachments?.map(({ blob, ...about }) => ({ blob, ...given(about) }))
    const options = given({ ...rest, key: headers['idempotency-key'], attachments: files })
    const said = await context.service.say(context.caller, params.session, { message, ...options })
    return answerStarted(said, { wait: query.wait, prefer: headers.prefer }, context)
  },
  async listSessionMessages({ params, query: { limit, after } }, { service, caller }) {
    return { status: 200, body: await service.transcript(caller, params.session, { limit, ...given({ after }) }) }
  },
  async followSession({ params, query, headers }, context) {
    const after = headers['last-event-id'] ?? query.after
    // NOT_FOUND, and a cursor that is none, before anything is sent.
    const session = await context.service.session(context.caller, params.session)
    if (after !== undefined) decodePlace(after)
    context.hold()
    return { status: 200, stream: streamSession(session, after, context) }
  },
}

function streamSession({ session, active }: SessionView, after: string | undefined, context: HandlerContext) {
  const { service, caller, transients, clock, signal, stream = STREAM_LIMITS } = context
  const live = createLive(transients, caller.tenant, active)
  return createEventStream({
    async *entries(until) {
      for await (const item of service.history(caller, session, after, until)) {
        live.follow(item.entry.run)
        yield sessionEntryFrame(item)
      }
    },
    transients: live.listen,
    end: async () => SESSION_END_FRAME,
    ...{ clock, limits: stream, signal },
  })
}

// Transient events come from the run whose entries come: runs of a session do not overlap.
function createLive(transients: HandlerContext['transients'], tenant: string, active: string | undefined) {
  let run: string | undefined
  let listener: ((frame: string) => void) | undefined
  let unsubscribe = () => {}
  const follow = (next: string) => {
    if (next === run || listener === undefined) return
    const tell = listener
    unsubscribe()
    run = next
    unsubscribe = transients.subscribe(next, (event) => {
      if (event.tenant === tenant) tell(sessionTransientFrame(event))
    })
  }
  return {
    follow,
    listen(tell: (frame: string) => void) {
      listener = tell
      // A client that comes back in the middle of a run gets no entry of it for a while.
      if (active !== undefined) follow(active)
      return () => {
        listener = undefined
        unsubscribe()
      }
    },
  }
}
