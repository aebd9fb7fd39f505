import type { IDeploymentStrategy } from 'kubernetes-models/apps/v1'
import { SURGE } from '../../demand.ts'

/** A new pod is ready before an old one goes. */
export const ROLLING_UPDATE: IDeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: `${SURGE * 100}%`, maxUnavailable: 0 },
}
