import { nearest } from '../../../core/nearest.ts'
import type { Rule } from '../rule.ts'

/** What a quota may count by a name without a slash (source: k8s.io/kubernetes, pkg/apis/core/helper). */
const RESOURCES = [
  ...['cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage'],
  ...[
    'requests.ephemeral-storage',
    'limits.cpu',
    'limits.memory',
    'limits.ephemeral-storage',
    'pods',
    'resourcequotas',
  ],
  ...['services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports'],
  'services.loadbalancers',
]

export const unknownQuotaResource: Rule = {
  id: 'unknown-quota-resource',
  severity: 'error',
  title: 'A quota counts what is no resource',
  explanation:
    'The API server refuses a ResourceQuota of a resource that it does not know: a name without a domain is one of its own. Objects of other kinds are counted as `count/<resource>.<group>`.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#types-of-resource-quota',
  *check({ of }) {
    for (const [key, field] of of('ResourceQuota').flatMap((quota) => quota.at('spec', 'hard').entries)) {
      if (key.includes('/') || RESOURCES.includes(key) || /^(requests\.)?hugepages-/.test(key)) continue
      const meant = nearest(key, RESOURCES)
      yield { at: field, message: `There is no '${key}'${meant === undefined ? '' : `; did you mean '${meant}'?`}` }
    }
  },
}
