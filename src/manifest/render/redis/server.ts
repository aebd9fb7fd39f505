import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import type { Parts } from './part.ts'
import { execute, PROBE_TIMEOUT, podOf } from './pod.ts'
import { setOf } from './set.ts'

/** Handing the lead over takes at most half of it, waiting for replicas at the end ten seconds. */
const GRACE = 90

/** The servers of Redis. Each has a volume of its own, which outlives it. */
export function renderServers(plan: Plan, parts: Parts): KubernetesObject {
  const { cpu, memory, storage, storageClass } = parts.spec
  const probe = { timeoutSeconds: PROBE_TIMEOUT, periodSeconds: 5 }
  const template = podOf(plan, parts, parts.servers, {
    ...{ script: 'start-redis', grace: GRACE, cpu, memory },
    container: {
      lifecycle: { preStop: execute('stop-redis') },
      // A primary that comes back may first look for somebody else to lead, and a large file takes its time.
      startupProbe: { ...execute('probe-redis', 'live'), ...probe, failureThreshold: 120 },
      livenessProbe: { ...execute('probe-redis', 'live'), ...probe, periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { ...execute('probe-redis', 'ready'), ...probe, failureThreshold: 2 },
    },
  })
  return setOf(plan, parts.servers, template, { storage, storageClass })
}
