/**
 * The tool loop: a model leads an agent.
 *
 * Role: asks the model, calls the tools that it asks for, and again, until it answers. Boundary: it works on the scope that authors have,
 * and knows nothing of journals.
 * Invariants:
 * 1. What happens next follows from the state alone (`nextMove`), and the state from what is recorded, so that a resumed run goes on as
 *    the first would have.
 * 2. A message is recorded once: the model's in its step, a tool's in its step, and none in the prompt of a step.
 * 3. Whatever goes wrong with a call of a tool is the model's to handle; the run fails by its model, its limits and its output alone.
 */
import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import { toJsonSchema } from '../../core/schema.ts'
import type { Scope } from '../../engine/scope.ts'
import { askModel } from './ask-model.ts'
import { callTools } from './call-tools.ts'
import { keepConversation, readConversation } from './conversation.ts'
import { listTools } from './list-tools.ts'
import type { LoopProgram, LoopRun } from './loop-run.ts'
import { isSnapshotDue, type LoopState, startState, withMessage, withResults, withSnapshot } from './loop-state.ts'
import { userText } from './message.ts'
import { type Move, nextMove } from './next-move.ts'
import { offerTools } from './offer-tools.ts'
import { readInput } from './read-input.ts'
import { correction, readOutput } from './read-output.ts'
import { detectRepetition } from './repetition.ts'
import { LIST_TERMS } from './terms.ts'

/** Runs an agent that a model leads, from its input or from where a snapshot left it; answers its output. */
export async function runLoop(program: LoopProgram, scope: Scope, input: unknown): Promise<unknown> {
  // What a snapshot holds is what was given to it.
  let state = (scope.resumed as LoopState | undefined) ?? (await begin(program, scope, input))
  const run = createRun(program, scope, state)
  try {
    for (;;) {
      const done = await act(run, state, nextMove(state, program.loop.turns))
      if ('output' in done) {
        await keepConversation(scope, state.messages)
        return done.output
      }
      state = done.state
    }
  } catch (reason) {
    // A conversation that was interrupted keeps what was said until then; one that failed stays as it was before.
    if (scope.signal().aborted) await keepConversation(scope, state.messages)
    throw reason
  }
}

async function begin(
  { dependencies, agent, loop, sources }: LoopProgram,
  scope: Scope,
  input: unknown,
): Promise<LoopState> {
  const tools = await listTools(dependencies.tools, scope, { agent, sources })
  const { instructions: make } = loop
  const made = typeof make === 'function' ? await scope.step('instructions', () => make(input), LIST_TERMS) : undefined
  if (made !== undefined && typeof made !== 'string') {
    throw new PolisError(
      'RUN_FAILED',
      `Agent ${agent}, option instructions: expected the function to give a text, got ${typeof made}`,
    )
  }
  const before = await readConversation(scope)
  return startState({ messages: [...before, await readInput(scope, input)], tools, instructions: made })
}

function createRun(program: LoopProgram, scope: Scope, state: LoopState): LoopRun {
  const { dependencies, sources, loop, output } = program
  const tools = offerTools(dependencies, sources, state.tools)
  const { maxOutputTokens, temperature, reasoning } = loop
  const instructions = state.instructions ?? program.instructions
  const fixed: LoopRun['fixed'] = {
    ...(instructions === undefined || instructions === '' ? {} : { instructions }),
    ...(tools.size === 0
      ? {}
      : { tools: [...tools.values()].map(({ name, description, input }) => ({ name, description, input })) }),
    ...(output === undefined ? {} : { output: { name: 'answer', schema: toJsonSchema(output) } }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
  }
  return { ...program, scope, tools, fixed, fixedHash: hash(fixed) }
}

type Done = { readonly state: LoopState } | { readonly output: unknown }

async function act(run: LoopRun, state: LoopState, move: Move): Promise<Done> {
  switch (move.kind) {
    case 'ask-model':
      return { state: await askModel(run, await remember(run, state)) }
    case 'call-tools':
      return { state: await useTools(run, state, move.calls) }
    case 'finish':
      return finish(run, state, move.text)
    case 'out-of-turns':
      throw new PolisError(
        'LIMIT_REACHED',
        `Agent ${run.agent} has not come to an answer within limits.turns, ${run.loop.turns}: raise it, or give the agent less to do`,
      )
  }
}

// Before the model is asked nothing of the run is pending.
async function remember({ scope }: LoopRun, state: LoopState): Promise<LoopState> {
  if (!isSnapshotDue(state)) return state
  const next = withSnapshot(state)
  await scope.snapshot(next)
  return next
}

async function useTools(
  run: LoopRun,
  state: LoopState,
  calls: Extract<Move, { kind: 'call-tools' }>['calls'],
): Promise<LoopState> {
  const results = await callTools(run.scope, run.tools, calls)
  const { repeats, repetition } = detectRepetition(state.repeats, calls, results)
  const next = { ...withResults(state, results), repeats }
  if (repetition.kind === 'none') return next
  const { tool, count } = repetition
  if (repetition.kind === 'warn') return withMessage(next, userText(warning(tool, count)))
  throw new PolisError(
    'LOOP_DETECTED',
    `Agent ${run.agent} made the same call of ${tool} with the same result ${count} times running, and went on after it was told: look at its instructions, and at what the tool answers`,
  )
}

async function finish({ agent, output: schema }: LoopRun, state: LoopState, text: string): Promise<Done> {
  // Half a text is of use to people, half an object to nobody.
  if (state.isCutOff && (schema !== undefined || text.trim() === '')) throw cutOff(agent)
  const output = await readOutput(schema, text)
  if (output.kind === 'output') return { output: output.value }
  if (!state.repaired) return { state: { ...withMessage(state, userText(correction(output.problem))), repaired: true } }
  throw new PolisError(
    'INVALID_OUTPUT',
    `The model's answer does not fit the output of the agent, nor did the one before. ${output.problem}`,
  )
}

function cutOff(agent: string): PolisError {
  return new PolisError(
    'LIMIT_REACHED',
    `The answer of agent ${agent}'s model was cut off at its maximum of tokens, reasoning included: raise maxOutputTokens, ask for a shorter answer, or for less reasoning`,
  )
}

function warning(tool: string, count: number): string {
  return `You have made the same call of ${tool} ${count} times with the same result. It will not change: try something else, or answer with what you know.`
}
