import type { Subject } from '../field.ts'

/** Fields of its own kinds that Kubernetes fills in where they are not given. */
const FILLED = [
  ...[
    'replicas',
    'strategy',
    'updateStrategy',
    'podManagementPolicy',
    'revisionHistoryLimit',
    'progressDeadlineSeconds',
  ],
  ...['restartPolicy', 'dnsPolicy', 'schedulerName', 'terminationGracePeriodSeconds', 'serviceAccountName'],
  ...['enableServiceLinks', 'preemptionPolicy', 'priority', 'tolerations', 'imagePullPolicy', 'terminationMessagePath'],
  ...[
    'terminationMessagePolicy',
    'protocol',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ],
  ...['scheme', 'type', 'clusterIP', 'sessionAffinity', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'],
  ...['targetPort', 'policyTypes', 'volumeMode', 'storageClassName', 'defaultMode', 'backoffLimit', 'completions'],
  ...['parallelism', 'concurrencyPolicy', 'suspend', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'],
  ...['uid', 'generation', 'creationTimestamp', 'managedFields', 'resourceVersion'],
]

const ASKED = new RegExp(`(?:\\bhas\\([^()]*\\.|\\.\\?)(?:${FILLED.join('|')})\\b`)

/** Whether an expression asks if a field is there that Kubernetes would have filled in: that cannot be told of what is written. */
export function asksFilled(expression: string, { group }: Subject): boolean {
  const isNative = !group.includes('.') || group.endsWith('.k8s.io')
  return isNative && ASKED.test(expression)
}
