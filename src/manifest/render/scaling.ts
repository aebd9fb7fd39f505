import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { agentTriggers } from './scaling/agent-trigger.ts'
import { modelTriggers } from './scaling/model-trigger.ts'
import { podAutoscaler } from './scaling/pod-autoscaler.ts'
import { scaledObject } from './scaling/scaled-object.ts'

/** Who scales what: each Deployment has an autoscaler of its own, so that one release does not grow for the runs of another. */
export function renderScaling(plan: Plan): Manifest {
  const { scaling } = plan.spec
  const about = 'How many pods there are: more at once when there is more to do, fewer slowly.'
  if (scaling.by === 'none') return { file: 'scaling.yaml', about, objects: [] }
  if (scaling.by === 'hpa')
    return { file: 'scaling.yaml', about, objects: plan.roles.map((role) => podAutoscaler(plan, role)) }
  return {
    ...{ file: 'scaling.yaml', about },
    objects: [
      ...plan.roles.map((role) => scaledObject(plan, role, agentTriggers(plan, role))),
      ...plan.modelServers.map((server) => scaledObject(plan, server, modelTriggers(plan, server))),
    ],
  }
}
