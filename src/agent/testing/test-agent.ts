import { parseDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import type { AgentDefinition } from '../define-agent.ts'
import { agentInfo } from '../program.ts'
import { isAgent } from '../project/load-agents.ts'
import { readInstructions } from '../project/read-instructions.ts'
import type { LoadedAgent } from '../project.ts'
import { collect } from './collect.ts'
import { crashEverywhere } from './crash-everywhere.ts'
import type { Moment } from './moment.ts'
import { play } from './play.ts'
import type { TestCrash, TestOptions } from './test-options.ts'
import type { TestRun } from './test-run.ts'
import { createWorld, type World } from './world.ts'

/**
 * Runs an agent in this process to its end, with time that skips and a process that dies where the test says.
 *
 * What the run came to is in what it resolves with, failed runs included. Rejects with TIMEOUT when it waits for ever, with
 * INVALID_INPUT for an input or an answer that does not fit its schema, INVALID_ARGUMENT for a crash at a step that never came, and,
 * under `everyStep`, with an AssertionError for a crash that changed the result.
 */
export async function testAgent<I, O, S>(
  agent: AgentDefinition<I, O, S>,
  options: TestOptions<I>,
): Promise<TestRun<O>> {
  const { crash } = options
  const cast = await castOf([agent, ...(options.agents ?? [])], options.dir ?? '.')
  const attempt = (dies: (moment: Moment) => boolean) => attemptRun(agent.name, cast, options, dies)
  // The run validated its output against the agent's schema.
  if (crash === undefined) return (await attempt(() => false)) as TestRun<O>
  if ('everyStep' in crash) return (await crashEverywhere(attempt)) as TestRun<O>
  let died = false
  const run = await attempt((moment) => {
    if (died || !isAt(moment, crash)) return false
    died = true
    return true
  })
  if (!died) throw noSuchStep(crash, run)
  return run as TestRun<O>
}

type Cast = Pick<World, 'agents' | 'catalogue'>

async function castOf(definitions: readonly AgentDefinition[], dir: string): Promise<Cast> {
  const agents = new Map<string, LoadedAgent>()
  for (const definition of withTools(definitions)) {
    const instructions = (await readInstructions(dir, definition))?.text
    const text = instructions === undefined ? {} : { instructions }
    agents.set(definition.name, { definition, release: 'test', file: '', ...text })
  }
  return { agents, catalogue: [...agents.values()].map(agentInfo) }
}

/** The agents, and those that they have as tools. */
function withTools(definitions: readonly AgentDefinition[]): ReadonlySet<AgentDefinition> {
  const found = new Set(definitions)
  // A set goes on with what is added while it is walked.
  for (const { loop } of found) for (const it of loop?.tools ?? []) if (isAgent(it)) found.add(it)
  return found
}

async function attemptRun(
  agent: string,
  cast: Cast,
  { input, tools = {}, models, answers, messages = [], session, now, seed = 1, timeout = '10s' }: TestOptions,
  dies: (moment: Moment) => boolean,
): Promise<TestRun> {
  const world = createWorld({ ...cast, fakes: typeof tools === 'function' ? tools() : tools, models, now, seed, dies })
  const ended = await play(world, {
    ...{ agent, input, messages, timeout: parseDuration(timeout, 'timeout of testAgent') },
    ...(answers === undefined ? {} : { answers }),
    ...(session === undefined ? {} : { session }),
  })
  return collect(world, ended)
}

function isAt(moment: Moment, crash: Exclude<TestCrash, { everyStep: true }>): boolean {
  if ('before' in crash) {
    if (moment.kind === 'call') return moment.step === crash.before
    return moment.when === 'before' && moment.commit.begun.includes(crash.before)
  }
  if (moment.kind === 'call') return false
  if ('during' in crash) return moment.when === 'before' && moment.commit.ended.includes(crash.during)
  return moment.when === 'after' && moment.commit.ended.includes(crash.after)
}

function noSuchStep(crash: Exclude<TestCrash, { everyStep: true }>, { steps }: TestRun): PolisError {
  const [[when, step] = []] = Object.entries(crash)
  return new PolisError(
    'INVALID_ARGUMENT',
    `crash.${when}: the run came to no step ${JSON.stringify(step)}: it has ${[...steps.keys()].join(', ') || 'none'}`,
  )
}
