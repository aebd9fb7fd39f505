import { randomUUID } from 'node:crypto'
import { PolisError } from '../../core/error.ts'
import { type MessageShape, messageShape, takesNoMessages } from '../../core/message.ts'
import type { TranscriptMessage } from '../../core/transcript.ts'
import type { CliClient } from '../connection.ts'
import { unknownAgent } from '../unknown-agent.ts'

/** A session that is open for talking: what was said in it, and where it goes on. */
export interface OpenedSession {
  readonly session: string
  readonly agent: string
  readonly shape: MessageShape
  readonly title?: string
  readonly history: readonly TranscriptMessage[]
  /** Cursor of its stream; undefined for a new one. */
  readonly position: string | undefined
}

/** Begins a session of an agent, or goes on in one. UNKNOWN_AGENT, and INVALID_INPUT for an agent that takes no messages. */
export async function openSession(
  client: CliClient,
  agent: string,
  wanted: string | undefined,
): Promise<OpenedSession> {
  const agents = await client.agents.list()
  const found = agents.find(({ name }) => name === agent)
  if (found === undefined) throw unknownAgent(agent, undefined, agents)
  const shape = messageShape(found.input)
  if (shape === undefined) throw takesNoMessages(agent)
  const session = wanted ?? `chat-${randomUUID().slice(0, 8)}`
  const known = await find(client, session)
  if (known === undefined) {
    await client.sessions.create({ session, agent })
    return { session, agent, shape, history: [], position: undefined }
  }
  if (known.agent !== agent) {
    const hint = `'polis chat ${known.agent} --session ${session}' goes on in it`
    const got = `Session ${session} is one of agent ${known.agent}, not of ${agent}`
    throw new PolisError('INVALID_ARGUMENT', got, { details: { hint } })
  }
  const title = known.title === undefined ? {} : { title: known.title }
  return { session, agent, shape, ...title, ...(await readHistory(client, session)) }
}

async function find(client: CliClient, session: string) {
  try {
    return await client.sessions.get(session)
  } catch (reason) {
    const error = PolisError.from(reason)
    if (error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** All that was said until now. What of it belongs to a run that goes on is left to the stream, which shows it whole. */
export async function readHistory(
  client: CliClient,
  session: string,
): Promise<Pick<OpenedSession, 'history' | 'position'>> {
  const history: TranscriptMessage[] = []
  for (let after: string | undefined; ; ) {
    const page = await client.sessions.messages(session, after === undefined ? {} : { after })
    const { unfinished } = page
    history.push(...(page.items.filter(({ run }) => run !== unfinished?.run) as TranscriptMessage[]))
    after = page.cursor
    if (after === undefined) return { history, position: unfinished?.position ?? page.position }
  }
}
