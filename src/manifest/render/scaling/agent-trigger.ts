import { PROBES } from '../../../core/ports.ts'
import type { Plan, RolePlan } from '../../plan.ts'
import { average, gauge, max, noneOf, orZeroWhile, quantile, sum, whereAbove } from '../../promql.ts'
import { CONTAINER } from '../agent/container.ts'
import { podsOf, prometheusTrigger } from './prometheus-trigger.ts'
import type { Trigger } from './scaled-object.ts'

/** Share of the runs that a pod may execute at which it is full enough for another one. */
const FULL = 0.7

/** Why there should be more pods of a role. */
export function agentTriggers(plan: Plan, role: RolePlan): Trigger[] {
  const { settings } = plan
  return [
    resource('cpu', settings['scaling.target_cpu_utilization']),
    resource('memory', settings['scaling.target_memory_utilization']),
    ...(role.executes ? [active(plan, role), queued(plan, role)] : []),
    ...(role.serves ? [slow(plan, role)] : []),
  ]
}

// Of the container: a sidecar that does nothing would halve the figure.
function resource(type: 'cpu' | 'memory', utilization: number): Trigger {
  return { type, metricType: 'Utilization', metadata: { value: String(utilization), containerName: CONTAINER } }
}

function active(plan: Plan, { name }: RolePlan): Trigger {
  const query = sum(gauge('active_workflows', podsOf(plan, name)))
  return prometheusTrigger(plan, 'active', query, { kind: 'AverageValue', threshold: activePerPod(plan) })
}

// Every pod reports the whole queue. What waits for another release, or is held back by a limit, is not taken by more pods of this one:
// these have room then, and the queue is none of their business.
function queued(plan: Plan, { name }: RolePlan): Trigger {
  const pods = podsOf(plan, name)
  const busy = average(gauge('active_workflows', pods))
  const query = whereAbove(max(gauge('workflow_queue_depth', pods)), busy, activePerPod(plan) / 2)
  return prometheusTrigger(plan, 'queue', query, { kind: 'AverageValue', threshold: plan.spec.scaling.queuePerPod })
}

// Probes are quick, and would make every pod look quick. Without requests there is no quantile: that is 0, as long as pods are scraped.
function slow(plan: Plan, { name }: RolePlan): Trigger {
  const pods = podsOf(plan, name)
  const requests = { ...pods, endpoint: noneOf(Object.values(PROBES).map(({ path }) => path)) }
  const p95 = quantile(0.95, 'http_request_duration_seconds', requests, '2m')
  const query = orZeroWhile(p95, sum(gauge('agent_info', pods)))
  return prometheusTrigger(plan, 'p95', query, { kind: 'Value', threshold: plan.spec.scaling.responseTime })
}

function activePerPod({ spec, settings }: Plan): number {
  return spec.scaling.activePerPod ?? Math.max(1, Math.floor(settings['agent.max_concurrent_workflows'] * FULL))
}
