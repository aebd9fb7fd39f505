import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { agentDeployment } from './agent/deployment.ts'
import { agentService } from './agent/service.ts'
import { disruptionBudget } from './pod/disruption-budget.ts'

/** What serves the API and executes runs: a Deployment for each kind of pods, and one Service. */
export function renderAgents(plan: Plan): Manifest {
  const objects = plan.roles.flatMap((role) => [
    agentDeployment(plan, role),
    disruptionBudget(role.name, plan.namespace, role.selector),
  ])
  const about = `The pods of release ${plan.release}, and the Service in front of all that serve.`
  return { file: 'agents.yaml', about, objects: [agentService(plan), ...objects] }
}
