import type { ModelServerPlan, Plan } from '../../plan.ts'
import { gauge, sum } from '../../promql.ts'
import { podsOf, prometheusTrigger } from './prometheus-trigger.ts'
import type { Trigger } from './scaled-object.ts'

/**
 * Why there should be more pods of a model server: requests wait, or the KV cache is nearly full, so that some will.
 *
 * Not how busy the GPU is: one request alone makes it look fully used.
 */
export function modelTriggers(plan: Plan, { name, server }: ModelServerPlan): Trigger[] {
  const pods = podsOf(plan, name)
  const trigger = (
    title: string,
    metric: 'vllm:num_requests_waiting' | 'vllm:kv_cache_usage_perc',
    threshold: number,
  ) => prometheusTrigger(plan, title, sum(gauge(metric, pods)), { kind: 'AverageValue', threshold })
  return [
    trigger('waiting', 'vllm:num_requests_waiting', server.queuePerPod),
    trigger('cache', 'vllm:kv_cache_usage_perc', server.cacheUse / 100),
  ]
}
