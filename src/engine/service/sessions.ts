import { PolisError } from '../../core/error.ts'
import { isKey } from '../../core/id.ts'
import { type Attachment, messageInput } from '../../core/message.ts'
import { assertTitle } from '../../core/title.ts'
import type { SessionChange } from '../../store/session.ts'
import { findAgent, findSession, type ServiceDependencies } from './dependencies.ts'
import type { Caller, RunView } from './service.ts'
import type { CreateSession, SessionMessage, SessionView } from './session-service.ts'
import { checkTags, submitRun } from './submit.ts'
import { toSessionView } from './view.ts'

/** So many runs are removed in one commit. */
const BATCH = 100

/** Begins a session without a run. */
export async function createSession(
  dependencies: ServiceDependencies,
  { tenant }: Caller,
  request: CreateSession,
): Promise<SessionView> {
  const { store, ids } = dependencies
  const { agent } = findAgentOf(dependencies, request)
  const { session = ids.session(), title, tags = {}, ttl } = request
  if (!isKey(session)) throw notKey(session)
  checkTags(tags)
  const created = await store.index.createSession({
    ...{ tenant, session, agent, tags },
    ...(title === undefined ? {} : { title: assertTitle(title) }),
    ...(ttl === undefined ? {} : { ttl }),
  })
  if (!created)
    throw new PolisError('CONFLICT', `There is a session ${session} already: go on in it, or choose another id`)
  return toSessionView(await findSession(dependencies, tenant, session))
}

/** Changes title, tags and time to live. */
export async function changeSession(
  dependencies: ServiceDependencies,
  { tenant }: Caller,
  session: string,
  change: SessionChange,
): Promise<SessionView> {
  const { title } = change
  if (change.tags !== undefined) checkTags(change.tags)
  const checked = typeof title === 'string' ? { ...change, title: assertTitle(title) } : change
  await dependencies.store.index.changeSession(tenant, session, checked)
  return toSessionView(await findSession(dependencies, tenant, session))
}

/** Removes a session with its runs. */
export async function removeSession(
  dependencies: ServiceDependencies,
  { tenant }: Caller,
  session: string,
): Promise<void> {
  const { index } = dependencies.store
  const { active, waiting } = await findSession(dependencies, tenant, session)
  const busy = () => new PolisError('CONFLICT', `Session ${session} has an unfinished run: cancel it first`)
  if (active !== undefined || waiting > 0) throw busy()
  while ((await index.removeSessionRuns(tenant, session, BATCH)) >= BATCH);
  // A run that was started meanwhile keeps it.
  if (!(await index.removeSession(tenant, session))) throw busy()
}

/** Starts a run of the session's agent on a message. */
export async function say(
  dependencies: ServiceDependencies,
  caller: Caller,
  session: string,
  { message, attachments = [], ...options }: SessionMessage,
): Promise<{ readonly run: RunView; readonly duplicate: boolean }> {
  const record = await findSession(dependencies, caller.tenant, session)
  const agent = findAgent(dependencies, record.agent)
  const files = await Promise.all(attachments.map((file) => stored(dependencies, caller, file)))
  const input = messageInput(agent, message, files)
  const blobs = files.map(({ blob }) => blob)
  return submitRun(dependencies, caller, {
    ...options,
    ...{ agent: agent.name, input, session },
    ...(blobs.length === 0 ? {} : { blobs }),
  })
}

async function stored({ store }: ServiceDependencies, { tenant }: Caller, file: Attachment): Promise<Attachment> {
  const blob = await store.blob.head(tenant, file.blob)
  if (blob === undefined) {
    const todo = 'store the file with POST /api/v1/blobs first; one that no run refers to is removed after a day'
    throw new PolisError('INVALID_INPUT', `There is no blob ${file.blob}: ${todo}`)
  }
  const mediaType = file.mediaType ?? blob.mediaType
  const name = file.name ?? blob.name
  return { blob: file.blob, ...(mediaType === undefined ? {} : { mediaType }), ...(name === undefined ? {} : { name }) }
}

function findAgentOf(dependencies: ServiceDependencies, { agent }: CreateSession): { readonly agent: string } {
  return { agent: findAgent(dependencies, agent).name }
}

function notKey(session: string): PolisError {
  const got = JSON.stringify(session).slice(0, 100)
  return new PolisError(
    'INVALID_ARGUMENT',
    `Option session: expected 1 to 255 printable characters without spaces, got ${got}`,
  )
}
