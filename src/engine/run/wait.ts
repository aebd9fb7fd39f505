/** Operations that wait for something outside: timers, answers, messages and children. */
import type { EntryBodies } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { encode } from '../../core/json.ts'
import type { ChildEnd } from '../ending.ts'
import type { AskTerms } from '../scope.ts'
import { toSubmit } from '../submission.ts'
import { findChild } from './find-child.ts'
import { refOf, setExecuting, settle } from './operate.ts'
import { buffer, record, recordAlone } from './record.ts'
import { type Closing, expired } from './recording.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'
import { bookedOf, budgetsOf } from './spending.ts'
import { handOut, scheduleTurn } from './turn.ts'

/** Waits until a time; where it was set before a crash, until that same time. */
export function startTimer(residence: Residence, operation: Operation, milliseconds: number): void {
  const { clock } = residence.engine
  const at = operation.recorded?.at ?? clock.now() + milliseconds
  if (operation.recorded === undefined) record(residence, 'timer-started', { ...refOf(operation), at })
  arm(residence, operation, at, () => {
    record(residence, 'timer-fired', refOf(operation), () =>
      end(residence, operation, { kind: 'value', value: undefined }),
    )
  })
}

/** Asks a human, and waits for the answer or the deadline. */
export function startQuestion(residence: Residence, operation: Operation, terms: AskTerms): void {
  const { record: run, engine } = residence
  const now = engine.clock.now()
  const deadline = operation.recorded?.at ?? (terms.timeout === undefined ? undefined : now + terms.timeout)
  if (operation.recorded?.asked === undefined) {
    const { timeout: _, ...asked } = terms
    const due = deadline === undefined ? {} : { deadline }
    const body: EntryBodies['question-asked'] = { ...refOf(operation), ...asked, ...due }
    const { tenant, agent } = run
    const payload = encode(body)
    record(residence, 'question-asked', body)
    const assignee = terms.assignee === undefined ? {} : { assignee: terms.assignee }
    partsOf(residence.batch).asks.push({
      ...{ tenant, run: run.run, id: operation.id, agent, askedAt: now, payload },
      ...due,
      ...assignee,
    })
  }
  if (deadline !== undefined)
    arm(residence, operation, deadline, () => expireQuestion(residence, operation, terms.otherwise))
  scheduleTurn(residence)
}

/** Waits for a message of that name; one that arrived before is taken at once. */
export function startReceive(
  residence: Residence,
  operation: Operation,
  name: string,
  timeout: number | undefined,
): void {
  const { clock } = residence.engine
  if (receiveNow(residence, operation, name)) return
  operation.awaits = name
  const deadline = operation.recorded?.at ?? (timeout === undefined ? undefined : clock.now() + timeout)
  if (operation.recorded?.asked === undefined) {
    record(residence, 'message-awaited', { ...refOf(operation), name, ...(deadline === undefined ? {} : { deadline }) })
  }
  if (deadline === undefined) return scheduleTurn(residence)
  arm(residence, operation, deadline, () => {
    const error = expired(operation)
    // A message that comes from here on is for the next one.
    delete operation.awaits
    record(residence, 'message-expired', refOf(operation), (sequence) =>
      end(residence, operation, { kind: 'error', error, sequence }),
    )
  })
}

/** Gives arrived messages to those who wait for them, oldest first on both sides. */
export function matchMessages(residence: Residence): void {
  for (const operation of residence.operations.values()) {
    if (operation.awaits !== undefined) receiveNow(residence, operation, operation.awaits)
  }
}

function receiveNow(residence: Residence, operation: Operation, name: string): boolean {
  const arrived = residence.messages.get(name)?.shift()
  if (arrived === undefined) return false
  operation.stop()
  delete operation.awaits
  const { message, data } = arrived
  record(residence, 'message-received', { ...refOf(operation), message, data }, () =>
    end(residence, operation, { kind: 'value', value: data }),
  )
  return true
}

/** Starts a child run in the commit that records it (G1), and waits for its end. */
export function startChild(residence: Residence, operation: Operation, call: ChildCall): void {
  const child = childOf(operation)
  if (child === undefined) beginChild(residence, operation, call)
  else if (operation.recorded?.retried) resumeChild(residence, operation, call, child)
  else scheduleTurn(residence)
}

interface ChildCall {
  readonly agent: string
  readonly input: unknown
  readonly tags: Readonly<Record<string, string>>
}

// Agents that call each other would go on doing so for ever, each run with a limit of its own.
const MOST_ABOVE = 20

function beginChild(residence: Residence, operation: Operation, { agent, input, tags }: ChildCall): void {
  const { engine, record: parent, recording } = residence
  const program = engine.programs.get(agent)
  if (program === undefined) return refuseChild(residence, operation, unknownAgent(residence, agent))
  const above = [...(recording.submitted.above ?? []), parent.agent]
  if (above.length > MOST_ABOVE) return refuseChild(residence, operation, tooDeep([...above, agent]))
  const run = engine.ids.run()
  partsOf(residence.batch).submits.push(
    toSubmit({
      ...{ tenant: parent.tenant, run, agent, release: program.release, input, tags, priority: parent.priority },
      parent: { run: parent.run, step: operation.id },
      ...{ budgets: budgetsOf(residence), above, booked: bookedOf(residence) },
      time: engine.clock.now(),
    }),
  )
  operation.child = run
  record(residence, 'child-started', { ...refOf(operation), run, agent })
}

function resumeChild(residence: Residence, operation: Operation, call: ChildCall, child: string): void {
  setExecuting(residence, operation, true)
  const found = (end: ChildEnd | 'waiting' | 'none') => {
    if (operation.settled || operation.ended || residence.mode === 'dropped') return
    setExecuting(residence, operation, false)
    if (end === 'none') beginChild(residence, operation, call)
    else if (end === 'waiting') scheduleTurn(residence)
    else endChild(residence, operation, end)
  }
  findChild(residence, operation, child).then(found, (reason) => {
    residence.engine.log.warn(
      { run: residence.record.run, error: PolisError.from(reason) },
      'a child could not be looked up',
    )
    found('waiting')
  })
}

/** The child run that an operation waits for. */
export function childOf(operation: Operation): string | undefined {
  return operation.child ?? operation.recorded?.child
}

/** Records how a child ended; `consumed` names the message that said so. */
export function endChild(residence: Residence, operation: Operation, { run, status, output, error }: ChildEnd): void {
  if (operation.ended) return
  operation.ended = true
  if (status === 'completed') {
    record(residence, 'child-completed', { ...refOf(operation), run, output }, () =>
      end(residence, operation, { kind: 'value', value: output }),
    )
    return
  }
  const failure = error ?? { code: 'RUN_FAILED', message: `Child run ${run} ended as ${status}` }
  record(residence, 'child-failed', { ...refOf(operation), run, error: failure }, (sequence) =>
    end(residence, operation, { kind: 'error', error: failure, sequence }),
  )
}

/** Records an answer and gives it to whom it was for. */
export function endQuestion(
  residence: Residence,
  operation: Operation,
  { answer, by, at }: { readonly answer: unknown; readonly by?: string; readonly at: number },
): void {
  operation.ended = operation.onAnswer === undefined
  const { question: asked = operation.id } = operation
  const given = { ...(asked === operation.id ? {} : { asked }), answer, ...(by === undefined ? {} : { by }), at }
  record(residence, 'question-answered', { ...refOf(operation), ...given }, () => {
    if (operation.onAnswer === undefined) end(residence, operation, { kind: 'value', value: answer })
    else if (!operation.settled) operation.onAnswer(answer)
  })
}

// An answer may be on its way in the inbox while the deadline passes: the store decides which of the two was first.
function expireQuestion(residence: Residence, operation: Operation, otherwise: AskTerms['otherwise']): void {
  recordAlone(residence, () => {
    if (operation.settled || operation.ended || residence.mode !== 'running') return
    const closing = bufferExpiry(residence, operation, otherwise)
    partsOf(residence.batch).closes.push(operation.id)
    residence.batch.done.push(({ kind }) => {
      if (kind === 'committed') end(residence, operation, closing)
    })
  })
}

function bufferExpiry(residence: Residence, operation: Operation, otherwise: AskTerms['otherwise']): Closing {
  if (otherwise === undefined) {
    buffer(residence, 'question-expired', refOf(operation))
    return { kind: 'error', error: expired(operation), sequence: residence.sequence }
  }
  const { answer } = otherwise
  buffer(residence, 'question-answered', { ...refOf(operation), answer, byDeadline: true })
  return { kind: 'value', value: answer }
}

function refuseChild(residence: Residence, operation: Operation, refusal: PolisError): void {
  const error = refusal.toJSON()
  record(residence, 'child-failed', { ...refOf(operation), run: '', error }, (sequence) =>
    end(residence, operation, { kind: 'error', error, sequence }),
  )
}

function unknownAgent({ engine }: Residence, agent: string): PolisError {
  const known = [...engine.programs.keys()].filter((name) => !name.includes('.')).join(', ')
  return new PolisError('UNKNOWN_AGENT', `There is no agent ${agent} to call: this project has ${known}`)
}

function tooDeep(chain: readonly string[]): PolisError {
  return new PolisError(
    'LIMIT_REACHED',
    `A run may have at most ${MOST_ABOVE} runs above it, and this would be one more: ${chain.join(' > ')}. Look for agents that call each other`,
    { details: { chain } },
  )
}

function arm(residence: Residence, operation: Operation, at: number, fire: () => void): void {
  operation.wakeAt = at
  operation.stop = residence.engine.clock.setTimer(at, () => {
    operation.wakeAt = undefined
    if (!operation.settled && residence.mode === 'running') fire()
  })
  scheduleTurn(residence)
}

function end(residence: Residence, operation: Operation, closing: Closing): void {
  handOut(residence, () => settle(residence, operation, closing))
}
