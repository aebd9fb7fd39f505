import { PolisError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'

/** The error for an agent that there is not: it names those that there are, and the one that was probably meant. */
export function unknownAgent(
  agent: string,
  cause: PolisError | undefined,
  agents: readonly { readonly name: string }[],
): PolisError {
  const names = agents.map(({ name }) => name)
  const near = nearest(agent, names)
  const hint =
    names.length === 0
      ? 'There are no agents: each file in agents/ defines one'
      : `${near === undefined ? '' : `Did you mean ${near}? `}There are: ${names.join(', ')}`
  return new PolisError('UNKNOWN_AGENT', `There is no agent '${agent}'`, {
    ...(cause === undefined ? {} : { cause }),
    details: { agent, hint },
  })
}
