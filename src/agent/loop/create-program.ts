import { PolisError } from '../../core/error.ts'
import type { Models } from '../../core/model.ts'
import type { AgentDependencies } from '../dependencies.ts'
import type { LoadedAgent } from '../project.ts'
import type { LoopProgram } from './loop-run.ts'
import { resolveTools } from './tool-source.ts'

/**
 * An agent that a model leads, with all that it names found; undefined for one that code leads.
 *
 * @throws PolisError INVALID_CONFIG or UNKNOWN_MODEL, naming agent and option.
 */
export function createLoopProgram(
  { definition, instructions }: LoadedAgent,
  dependencies: AgentDependencies,
): LoopProgram | undefined {
  const { name, loop, output, budget } = definition
  if (loop === undefined) return undefined
  const { models, tools, agents } = dependencies
  const { exhausted } = budget
  const text = typeof loop.instructions === 'string' ? loop.instructions : instructions
  if (text === undefined && typeof loop.instructions !== 'function') {
    throw new PolisError('INTERNAL', `Agent ${name}: the file of its instructions was not read`)
  }
  return {
    ...{ dependencies, agent: name, loop, output, budget },
    chain: chainOf(models, name, 'model', loop.model),
    cheaper: typeof exhausted === 'object' ? chainOf(models, name, 'budget.exhausted.model', [exhausted.model]) : [],
    sources: resolveTools(name, loop.tools, { agents, servers: tools.names }),
    instructions: text,
  }
}

function chainOf(models: Models, agent: string, option: string, names: readonly string[]): readonly string[] {
  try {
    return [...new Set(names.flatMap((name) => models.chain(name)))]
  } catch (reason) {
    const error = PolisError.from(reason)
    throw new PolisError(error.code, `Agent ${agent}, option ${option}: ${error.message}`, {
      cause: error,
      details: error.details,
    })
  }
}
