import type { Plan } from '../../plan.ts'
import { is, like, type Match, type Query } from '../../promql.ts'
import type { Trigger } from './scaled-object.ts'

/** What a query is compared with: its value, or its value divided by the pods that there are. */
export type Target = { readonly kind: 'Value' | 'AverageValue'; readonly threshold: number }

/** A trigger on what Prometheus answers. No answer is an error, not 0. */
export function prometheusTrigger({ spec }: Plan, name: string, query: Query, target: Target): Trigger {
  return {
    type: 'prometheus',
    name,
    metricType: target.kind,
    metadata: {
      // The schema asks for one where KEDA scales.
      serverAddress: spec.scaling.prometheus ?? '',
      query,
      threshold: String(target.threshold),
      ignoreNullValues: 'false',
    },
  }
}

/**
 * The series of the pods of one Deployment, as whoever scrapes names them: after it, its ReplicaSet and five random letters. Of a long name
 * Kubernetes cuts off what is above 58 characters before it adds the letters, and with it the hyphen before them.
 */
export function podsOf({ namespace }: Plan, deployment: string): { readonly namespace: Match; readonly pod: Match } {
  return { namespace: is(namespace), pod: like(`${deployment}-[a-z0-9]+(-[a-z0-9]+)?`) }
}
