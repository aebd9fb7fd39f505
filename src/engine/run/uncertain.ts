import type { EntryBodies } from '../../core/entry.ts'
import { encode } from '../../core/json.ts'
import { refOf } from './operate.ts'
import { record } from './record.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'

/** JSON Schema of the answer that a human gives on a step of unknown outcome. */
export const UNCERTAIN_ANSWER = {
  type: 'object',
  properties: {
    action: { enum: ['retry', 'fail', 'done'], description: 'call it again, let it fail, or take it as done' },
    output: { description: 'with done: the result that it had' },
  },
  required: ['action'],
  additionalProperties: false,
} as const

/** What may be done with a step of unknown outcome. */
export interface Choices {
  readonly again: () => void
  readonly fail: () => void
  readonly done: (output: unknown) => void
}

/** Asks a human what became of a `once` step that was interrupted; the question survives crashes like any other. */
export function askWhatHappened(residence: Residence, operation: Operation, choices: Choices): void {
  const { recorded } = operation
  if (recorded?.answer !== undefined) return choose(recorded.answer, choices)
  operation.onAnswer = (answer) => choose(answer, choices)
  operation.question = recorded?.asked ?? questionOf(operation)
  if (recorded?.asked !== undefined) return
  const { record: run, engine } = residence
  const body: EntryBodies['question-asked'] = {
    ...refOf(operation),
    ...(operation.question === operation.id ? {} : { asked: operation.question }),
    question: `Step ${operation.id} of ${run.agent} was interrupted after its call began. Did it happen?`,
    schema: UNCERTAIN_ANSWER,
    about: { step: operation.id, key: `${run.run}/${operation.id}`, attempt: recorded?.attempt },
  }
  partsOf(residence.batch).asks.push({
    tenant: run.tenant,
    run: run.run,
    id: operation.question,
    agent: run.agent,
    askedAt: engine.clock.now(),
    payload: encode(body),
  })
  record(residence, 'question-asked', body)
}

// Of each attempt its own, so that a late answer on an earlier one is not taken for this.
function questionOf({ id, recorded }: Operation): string {
  const attempt = recorded?.attempt ?? 1
  return attempt === 1 ? id : `${id}@${attempt}`
}

function choose(answer: unknown, choices: Choices): void {
  const { action, output } = answer as { readonly action?: string; readonly output?: unknown }
  if (action === 'retry') choices.again()
  else if (action === 'done') choices.done(output)
  else choices.fail()
}
