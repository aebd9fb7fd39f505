import { PolisError } from '../../core/error.ts'
import { encode, hash } from '../../core/json.ts'
import type { Scope } from '../scope.ts'
import { createBlobs } from './blobs.ts'
import { continueIn, failAnyway } from './end.ts'
import { all, branch, race } from './lane.ts'
import { signalOf } from './lazy-abort.ts'
import { never, operate, refOf, settle, take } from './operate.ts'
import { buffer, record } from './record.ts'
import { placeOf } from './recording.ts'
import { type Lane, type Operation, partsOf, type Residence } from './residence.ts'
import { snapshot } from './snapshot.ts'
import { startStep } from './step.ts'
import { handOut } from './turn.ts'
import { startChild, startQuestion, startReceive, startTimer } from './wait.ts'

/** The operations of one lane, as code sees them. */
export function createScope(residence: Residence, lane: Lane): Scope {
  const begin: Begin = (kind, name, hashed, start, more = {}) => {
    const excess = overLimit(residence, lane)
    if (excess !== undefined) return stopFor(residence, excess)
    return operate(residence, lane, { kind, name, start, ...(hashed === undefined ? {} : { hash: hashed }), ...more })
  }
  const toScope = (below: Lane) => createScope(residence, below)
  return {
    record: asBegun(residence),
    signal: () => signalOf(lane.abort),
    step: (name, call, terms) =>
      begin('step', name, terms.hash, (operation) =>
        startStep(residence, operation, { call, terms, kind: terms.kind ?? (name.includes('.') ? 'tool' : 'step') }),
      ),
    child: (name, agent, input, tags) =>
      begin('child', name, hash({ agent, input }), (operation) =>
        startChild(residence, operation, { agent, input, tags }),
      ),
    async sleep(milliseconds) {
      await begin('timer', 'sleep', String(milliseconds), (operation) => startTimer(residence, operation, milliseconds))
    },
    async ask(name, terms) {
      assertStorable(terms)
      const start = (operation: Operation) => startQuestion(residence, operation, terms)
      return begin('question', name, hash(terms.question), start, terms.consent ? { consent: true } : {})
    },
    receive: (name, timeout) =>
      begin('message', name, undefined, (operation) => startReceive(residence, operation, name, timeout)),
    branch: (name, code) => branch(residence, lane, [name, code], toScope),
    all: (branches) => all(residence, lane, branches, toScope),
    race: (branches) => race(residence, lane, branches, toScope),
    ...notesOf(residence, begin),
    value: (kind, make) => value(residence, lane, kind, make),
    blobs: createBlobs(residence),
    getSession: () => getSession(residence, lane),
    snapshot: (state) => snapshot(residence, lane, state),
    resumed: residence.recording.snapshot?.state,
    continueAs(input) {
      continueIn(residence, input)
      return never()
    },
  }
}

// A fork stands outside of the session that its original was in, and its code has to take the path that its journal took there.
function asBegun({ record, recording }: Residence): Scope['record'] {
  const { session } = recording.submitted
  return record.session === session || session === undefined ? record : { ...record, session }
}

type Begin = (
  kind: Operation['kind'],
  name: string,
  hashed: string | undefined,
  start: (operation: Operation) => void,
  more?: { readonly consent?: true },
) => Promise<unknown>

/** Operations that are done by being recorded. */
function notesOf(residence: Residence, begin: Begin): Pick<Scope, 'emit' | 'raiseBudget' | 'setSession' | 'setTitle'> {
  return {
    async emit(name, data) {
      await begin('event', name, hash(data), (operation) =>
        recordAndEnd(residence, operation, () => ({
          kind: 'event-emitted',
          body: { ...refOf(operation), name, data },
        })),
      )
    },
    async raiseBudget(key, amounts) {
      await begin('budget', 'budget.raise', hash({ key, amounts }), (operation) => {
        const { record: run, batch } = residence
        // Of this residence, so that what a retry of the run raises anew is another raise.
        partsOf(batch).raises.push({ id: `${run.run}/${operation.id}@${run.epoch}`, key, amounts })
        recordAndEnd(residence, operation, () => ({
          kind: 'budget-raised',
          body: { ...refOf(operation), key, amounts },
        }))
      })
    },
    async setSession(state) {
      await begin('session', 'session.set', hash(state), (operation) => {
        if (residence.record.session !== undefined) partsOf(residence.batch).session = { state: encode(state) }
        recordAndEnd(residence, operation, () => ({ kind: 'session-updated', body: { ...refOf(operation), state } }))
      })
    },
    async setTitle(title) {
      await begin('session', 'session.title', hash(title), (operation) => {
        if (residence.record.session !== undefined) partsOf(residence.batch).title = title
        recordAndEnd(residence, operation, () => ({ kind: 'session-titled', body: { ...refOf(operation), title } }))
      })
    },
  }
}

type Recordable =
  | { kind: 'event-emitted'; body: Parameters<typeof record<'event-emitted'>>[2] }
  | { kind: 'budget-raised'; body: Parameters<typeof record<'budget-raised'>>[2] }
  | { kind: 'session-updated'; body: Parameters<typeof record<'session-updated'>>[2] }
  | { kind: 'session-titled'; body: Parameters<typeof record<'session-titled'>>[2] }

function recordAndEnd(residence: Residence, operation: Operation, make: () => Recordable): void {
  const { kind, body } = make()
  const done = () => handOut(residence, () => settle(residence, operation, { kind: 'value', value: undefined }))
  if (kind === 'event-emitted') record(residence, kind, body, done)
  else if (kind === 'budget-raised') record(residence, kind, body, done)
  else if (kind === 'session-titled') record(residence, kind, body, done)
  else record(residence, kind, body, done)
}

// Given at once and recorded with the next commit, which every step that could depend on it waits for (invariant 4).
function value<T>(residence: Residence, lane: Lane, kind: string, make: () => T): T {
  const place = take(residence, lane, { kind: 'value', name: kind })
  const closing = place?.recorded?.closing
  // Written by the same call of an earlier residence.
  const known = closing?.kind === 'value' ? (closing.value as T) : undefined
  if (known !== undefined && !place?.recorded?.optional) return known
  const made = known ?? make()
  if (place === undefined || residence.mode === 'dropped' || residence.mode === 'ending') return made
  buffer(residence, 'value-recorded', { id: place.id, index: place.index, value: made })
  residence.valued = residence.sequence
  return made
}

function getSession(residence: Residence, lane: Lane): Promise<unknown> {
  const { store } = residence.engine
  const { tenant, session } = residence.record
  const read = async () => {
    if (session === undefined) return null
    const found = await store.index.session(tenant, session)
    return found === undefined || found.state.byteLength === 0 ? null : JSON.parse(Buffer.from(found.state).toString())
  }
  return createScope(residence, lane).step('session.get', read, SESSION_TERMS)
}

const SESSION_TERMS = {
  ...({
    effect: 'read',
    uncertain: 'retry',
    attempts: 3,
    delay: 100,
    maxDelay: 1000,
    factor: 2,
    jitter: true,
  } as const),
  timeout: 10_000,
  hash: undefined,
}

// Before the operation is counted: code that catches the error takes the same path when it is replayed.
function assertStorable(terms: unknown): void {
  encode(terms)
}

// What is recorded was within the limits of its time.
function overLimit(
  { engine, program, recording, steps, bytes, snapped }: Residence,
  lane: Lane,
): PolisError | undefined {
  if (recording.operations.has(placeOf(lane.path, lane.next))) return undefined
  const { steps: limit } = program.limits
  if (limit !== undefined && steps >= limit) {
    return new PolisError(
      'JOURNAL_LIMIT',
      `The run reached limits.steps of agent ${program.name}, ${limit}: raise it, or go on with context.continueAs`,
    )
  }
  if (bytes - snapped <= engine.settings.maxJournalBytes) return undefined
  return new PolisError(
    'JOURNAL_LIMIT',
    `The run's journal is over agent.max_journal_bytes (${engine.settings.maxJournalBytes} bytes): go on with context.continueAs, or raise it`,
  )
}

function stopFor(residence: Residence, error: PolisError): Promise<never> {
  failAnyway(residence, error)
  return never()
}
