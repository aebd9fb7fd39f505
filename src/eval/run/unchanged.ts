import { PolisError } from '../../core/error.ts'
import type { Plan } from '../plan.ts'
import type { EvalDependencies } from './dependencies.ts'
import { evalNamed } from './make-plan.ts'

/**
 * CONFLICT where an eval would go on with another release of the agent, or other scorers, than it began with: its result would be of
 * neither.
 */
export async function assertUnchanged(dependencies: EvalDependencies, plan: Plan): Promise<void> {
  const release = dependencies.releases.get(plan.agent)
  if (release !== plan.release) throw changed(plan, `Agent ${plan.agent}`)
  const { code } = await evalNamed(dependencies, plan.eval)
  if (code !== plan.code) throw changed(plan, 'Its file')
}

/** Whether an error says that an eval cannot go on, rather than that a case failed. */
export function isChange(reason: unknown): boolean {
  return reason instanceof PolisError && reason.code === 'CONFLICT' && reason.details.changed === true
}

function changed({ eval: name }: Plan, what: string): PolisError {
  return new PolisError('CONFLICT', `${what} has changed since this run of eval ${name} began: start it anew`, {
    details: { changed: true },
  })
}
