import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { claimTemplate } from './model-server/claim-template.ts'
import { modelDeployment } from './model-server/deployment.ts'
import { modelService } from './model-server/service.ts'
import { disruptionBudget } from './pod/disruption-budget.ts'

/** Model servers on GPUs, which agents reach inside the cluster. */
export function renderModelServers(plan: Plan): Manifest {
  const objects = plan.modelServers.flatMap((server) => [
    modelService(plan, server),
    ...claimTemplate(plan, server),
    modelDeployment(plan, server),
    disruptionBudget(server.name, plan.namespace, server.selector),
  ])
  return { file: 'model-servers.yaml', about: 'Model servers on GPUs.', objects }
}
