import type { AgentInfo, AgentLimits } from '../core/agent.ts'
import type { Clock } from '../core/clock.ts'
import { formatDuration, parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import type { Models } from '../core/model.ts'
import type { Random } from '../core/random.ts'
import { toJsonSchema, validate } from '../core/schema.ts'
import type { ToolServers } from '../core/tool.ts'
import type { Program } from '../engine/program.ts'
import type { Scope } from '../engine/scope.ts'
import { toBudgets } from './budget.ts'
import { createContext } from './create-context.ts'
import type { AgentDefinition } from './define-agent.ts'
import type { AgentDependencies } from './dependencies.ts'
import { createLoopProgram } from './loop/create-program.ts'
import { runLoop } from './loop/run-loop.ts'
import type { LoadedAgent } from './project.ts'

/** What programs need from outside; times are milliseconds. */
export interface ProgramOptions {
  readonly tools: ToolServers
  readonly models: Models
  readonly clock: Clock
  readonly random: Random
  readonly toolTimeout: number
  /** `mcp.question_timeout`; 10 minutes where it does not matter. */
  readonly questionTimeout?: number
  /** `agent.graceful_shutdown_timeout`. */
  readonly drain: number
}

const STEP_TIMEOUT = 60_000
const QUESTION_TIMEOUT = 600_000

/**
 * The programs of a project's agents, by name.
 *
 * @throws PolisError INVALID_CONFIG when an agent's step timeout is longer than the drain.
 */
export function createPrograms(
  agents: ReadonlyMap<string, LoadedAgent>,
  options: ProgramOptions,
): ReadonlyMap<string, Program> {
  const catalogue = new Map([...agents].map(([name, agent]) => [name, agentInfo(agent)]))
  return new Map([...agents].map(([name, agent]) => [name, toProgram(agent, catalogue, options)]))
}

/** The catalogue's row of an agent. */
export function agentInfo({ definition, release }: LoadedAgent): AgentInfo {
  return {
    name: definition.name,
    description: definition.description,
    release,
    input: definition.input === undefined ? {} : toJsonSchema(definition.input, 'input'),
    output: outputOf(definition),
    limits: limitsOf(definition),
    session: definition.session,
  }
}

function outputOf({ output, loop }: AgentDefinition): AgentInfo['output'] {
  if (output !== undefined) return toJsonSchema(output, 'output')
  return loop === undefined ? {} : { type: 'string' }
}

function toProgram(agent: LoadedAgent, agents: AgentDependencies['agents'], options: ProgramOptions): Program {
  const { definition, release } = agent
  const { tools, models, clock, random, toolTimeout, questionTimeout = QUESTION_TIMEOUT, drain } = options
  const limits = limitsOf(definition)
  const timeout = limits.stepTimeout ?? Math.min(STEP_TIMEOUT, drain)
  if (timeout > drain) {
    throw new PolisError(
      'INVALID_CONFIG',
      `Agent ${definition.name}, limits.stepTimeout: expected at most agent.graceful_shutdown_timeout (${formatDuration(drain)}), got ${formatDuration(timeout)}: shorten it or raise the setting`,
    )
  }
  const budgets = toBudgets(definition)
  const dependencies = {
    tools,
    models,
    agents,
    clock,
    random,
    defaults: { timeout, toolTimeout, questionTimeout, drain },
  }
  const execute = toCode(agent, dependencies)
  return {
    name: definition.name,
    release,
    limits,
    ...(budgets === undefined ? {} : { budgets }),
    async run(scope: Scope, input: unknown) {
      const { name } = definition
      const parsed =
        definition.input === undefined ? input : await validate(definition.input, input, `input of agent ${name}`)
      const output = await execute(scope, parsed)
      return definition.output === undefined
        ? output
        : validate(definition.output, output, `output of agent ${name}`, 'INVALID_OUTPUT')
    },
  }
}

type Code = (scope: Scope, input: unknown) => Promise<unknown>

function toCode(agent: LoadedAgent, dependencies: AgentDependencies): Code {
  const { definition } = agent
  const program = createLoopProgram(agent, dependencies)
  if (program !== undefined) return (scope, input) => runLoop(program, scope, input)
  const { run } = definition
  // What is no loop has code: `defineAgent` saw to it.
  if (run === undefined) throw new PolisError('INTERNAL', `Agent ${definition.name} has neither a model nor code`)
  return (scope, input) => run(createContext(dependencies, scope, definition), input)
}

function limitsOf({ name, limits }: AgentDefinition): AgentLimits {
  const { concurrency, duration, steps, stepTimeout } = limits
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(duration === undefined ? {} : { duration: parseDuration(duration, `limits.duration of agent ${name}`) }),
    ...(steps === undefined ? {} : { steps }),
    ...(stepTimeout === undefined
      ? {}
      : { stepTimeout: parseDuration(stepTimeout, `limits.stepTimeout of agent ${name}`) }),
  }
}
