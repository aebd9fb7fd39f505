import type { LiveObject } from '../api.ts'
import { conditionOf, readyCondition } from './condition.ts'
import { HEALTHY, type Health } from './health.ts'
import { autoscalerHealth, claimHealth, cronJobHealth, jobHealth, routeHealth } from './other.ts'
import { daemonSetHealth, deploymentHealth, statefulSetHealth } from './workload.ts'

/** Whether an object does what it is there for; `minimum` is how many pods a scaler wants of a workload at least. A kind that says nothing of itself is healthy once it is there. */
export function healthOf(object: LiveObject, minimum = 0): Health {
  if (object.metadata.deletionTimestamp !== undefined) return { kind: 'waiting', reason: 'is being deleted' }
  return HEALTH[object.kind]?.(object, minimum) ?? HEALTHY
}

/** Whether a kind says anything of itself. */
export function hasHealth(kind: string): boolean {
  return Object.hasOwn(HEALTH, kind)
}

const HEALTH: Readonly<Record<string, (object: LiveObject, minimum: number) => Health>> = {
  Deployment: deploymentHealth,
  StatefulSet: statefulSetHealth,
  DaemonSet: daemonSetHealth,
  Job: jobHealth,
  CronJob: cronJobHealth,
  HorizontalPodAutoscaler: autoscalerHealth,
  PersistentVolumeClaim: claimHealth,
  HTTPRoute: routeHealth,
  GRPCRoute: routeHealth,
  PodDisruptionBudget: (object) => observed(object),
  ScaledObject: (object) => readyCondition(object, 'Ready'),
  ExternalSecret: (object) => readyCondition(object, 'Ready'),
  SecretStore: (object) => readyCondition(object, 'Ready'),
  SealedSecret: (object) => readyCondition(object, 'Synced'),
  Certificate: (object) => readyCondition(object, 'Ready'),
  Gateway: (object) => readyCondition(object, 'Programmed'),
}

function observed(object: LiveObject): Health {
  const refused = conditionOf(object, 'DisruptionAllowed')
  if (refused?.reason === 'SyncFailed') return { kind: 'waiting', reason: refused.message }
  return HEALTHY
}
