import type { KubernetesObject } from '../../object.ts'
import { SENTINEL } from '../../plan/redis.ts'
import type { Plan } from '../../plan.ts'
import type { Parts } from './part.ts'
import { execute, PROBE_TIMEOUT, podOf } from './pod.ts'
import { setOf } from './set.ts'

/** The Sentinels. Each remembers on a volume who leads: so servers that all start again find the one that led last. */
export function renderSentinels(plan: Plan, parts: Parts): KubernetesObject {
  const probe = { ...execute('probe-sentinel'), timeoutSeconds: PROBE_TIMEOUT, periodSeconds: 5 }
  const template = podOf(plan, parts, parts.sentinels, {
    ...{ script: 'start-sentinel', grace: 15, cpu: SENTINEL.cpu, memory: SENTINEL.memory },
    container: {
      startupProbe: { ...probe, failureThreshold: 24 },
      livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { ...probe, failureThreshold: 2 },
    },
  })
  return setOf(plan, parts.sentinels, template, { storage: SENTINEL.storage, storageClass: parts.spec.storageClass })
}
