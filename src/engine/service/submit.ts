import type { AgentInfo } from '../../core/agent.ts'
import { INLINE_LIMIT } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { isKey } from '../../core/id.ts'
import { assertSerializable, encode, hash } from '../../core/json.ts'
import { schemaFromJson, validate } from '../../core/schema.ts'
import type { Submit, SubmitOutcome } from '../../store/journal.ts'
import { assertRoom } from '../room.ts'
import type { MessageBodies } from '../run/inbox.ts'
import { spillSubmit, toSubmit } from '../submission.ts'
import { findAgent, type ServiceDependencies } from './dependencies.ts'
import type { Caller, RunView, SubmitRequest } from './service.ts'
import { toView } from './view.ts'

/** Accepts a run: checked, then durable (G1). */
export async function submitRun(
  dependencies: ServiceDependencies,
  caller: Caller,
  request: SubmitRequest,
): Promise<{ readonly run: RunView; readonly duplicate: boolean }> {
  const agent = findAgent(dependencies, request.agent)
  await check(agent, request)
  assertRoom(dependencies.store)
  const submit = await prepare(dependencies, caller, agent, request)
  const outcome = await dependencies.store.journal.submit(submit).catch((reason: unknown) => {
    // It may be done, and the run claimed: whoever tries again gets a duplicate, which nobody takes.
    if (submit.claim !== undefined) dependencies.worker?.recall()
    throw reason
  })
  const record = accepted(outcome, request)
  if (outcome.kind === 'submitted') {
    if (record.status === 'blocked') await interrupt(dependencies, caller, agent, request)
    if (record.worker !== undefined && record.worker === dependencies.worker?.id)
      dependencies.worker.take(record, submit)
  }
  return { run: toView(record, []), duplicate: outcome.kind === 'duplicate' }
}

async function check(agent: AgentInfo, { input, key, session, priority, tags, webhook }: SubmitRequest): Promise<void> {
  if (input !== undefined) assertSerializable(input, 'input')
  if (agent.input !== undefined) await validateInput(agent, input)
  if (key !== undefined && !isKey(key)) refuse('key', '1 to 255 printable characters without spaces', key)
  if (session !== undefined && !isKey(session))
    refuse('session', '1 to 255 printable characters without spaces', session)
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= 100))
    refuse('priority', 'a whole number from -100 to 100', priority)
  checkTags(tags ?? {})
  if (webhook !== undefined && !/^https?:$/.test(URL.parse(webhook)?.protocol ?? ''))
    refuse('webhook', 'an http or https URL', webhook)
}

/** INVALID_ARGUMENT unless these can be tags of a run or a session. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags)) {
    if (name.length === 0 || name.length > 64 || typeof value !== 'string' || value.length > 256) {
      refuse(`tags.${name.slice(0, 64)}`, 'a name of up to 64 characters and a text of up to 256', value)
    }
  }
}

const SCHEMAS = new WeakMap<object, ReturnType<typeof schemaFromJson>>()

/** INVALID_INPUT unless an agent takes this input, as far as the catalogue's schema says; the worker checks the rest before it runs. */
export async function validateInput(agent: AgentInfo, input: unknown): Promise<void> {
  if (typeof agent.input !== 'object' || agent.input === null || Object.keys(agent.input).length === 0) return
  const schema = SCHEMAS.get(agent.input) ?? schemaFromJson(agent.input as Parameters<typeof schemaFromJson>[0])
  SCHEMAS.set(agent.input, schema)
  await validate(schema, input, `input of agent ${agent.name}`)
}

function refuse(option: string, expected: string, got: unknown): never {
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Option ${option}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 100)}`,
  )
}

async function prepare(
  { ids, clock, store, worker }: ServiceDependencies,
  { tenant, by }: Caller,
  agent: AgentInfo,
  request: SubmitRequest,
): Promise<Submit> {
  const { input, key, session, tags, priority, notBefore, webhook, blobs } = request
  const submit = toSubmit({
    ...{ tenant, run: ids.run(), agent: agent.name, release: agent.release, input, time: clock.now() },
    ...(by === undefined ? {} : { by }),
    ...(key === undefined ? {} : { key: { key, inputHash: hash({ input, session }) } }),
    ...(session === undefined ? {} : { session, policy: request.policy ?? agent.session }),
    ...(tags === undefined ? {} : { tags }),
    ...(priority === undefined ? {} : { priority }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(blobs === undefined ? {} : { blobs }),
  })
  const claimed =
    worker !== undefined && mayClaim(agent, request) && worker.hasRoom()
      ? { ...submit, claim: { worker: worker.id } }
      : submit
  return (claimed.entries[0]?.payload.byteLength ?? 0) > INLINE_LIMIT ? spillSubmit(store.blob, claimed) : claimed
}

// Limits and turns are the queue's business.
function mayClaim(agent: AgentInfo, { session, notBefore }: SubmitRequest): boolean {
  return session === undefined && notBefore === undefined && agent.limits.concurrency === undefined
}

function accepted(outcome: SubmitOutcome, { key, session }: SubmitRequest) {
  switch (outcome.kind) {
    case 'submitted':
    case 'duplicate':
      return outcome.record
    case 'key-conflict':
      throw new PolisError(
        'IDEMPOTENCY_CONFLICT',
        `Idempotency key ${key} was used for run ${outcome.run} with another input: use a new key for a new input`,
        { details: { run: outcome.run } },
      )
    case 'session-busy':
      throw new PolisError(
        'SESSION_BUSY',
        `Session ${session} is busy with run ${outcome.run}: wait for it, or submit with another policy`,
        {
          details: { run: outcome.run },
        },
      )
  }
}

// The new run waits behind the one that it interrupts, which ends under its old epoch first (G7).
async function interrupt(
  { store, clock }: ServiceDependencies,
  { tenant, by }: Caller,
  agent: AgentInfo,
  { session, policy = agent.session }: SubmitRequest,
): Promise<void> {
  if (session === undefined || (policy !== 'interrupt' && policy !== 'rollback')) return
  const active = (await store.index.session(tenant, session))?.active
  if (active === undefined) return
  const body: MessageBodies['cancel'] = {
    reason:
      policy === 'interrupt'
        ? 'interrupted by the next message of its session'
        : 'rolled back by the next message of its session',
    ...(by === undefined ? {} : { by }),
    ...(policy === 'rollback' ? { rollback: true } : {}),
  }
  await store.journal.deliver({
    tenant,
    run: active,
    id: `${active}.interrupted`,
    kind: 'cancel',
    payload: encode(body),
    time: clock.now(),
  })
}
