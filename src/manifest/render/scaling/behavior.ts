import type { IHorizontalPodAutoscalerBehavior } from 'kubernetes-models/autoscaling/v2'
import type { Plan } from '../../plan.ts'

/** How fast pods come and go: twice as many, or four more, each 15 s; half as many each minute, once the load was less for long. */
export function behaviorOf({ spec }: Plan): IHorizontalPodAutoscalerBehavior {
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Percent', value: 100, periodSeconds: 15 },
        { type: 'Pods', value: 4, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: spec.scaling.stabilization,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
    },
  }
}
