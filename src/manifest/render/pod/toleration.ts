import type { IToleration } from 'kubernetes-models/v1'

/**
 * Seconds that a pod of agents stays bound to a node that is not heard of; 300 where nothing is said.
 *
 * Its runs are taken over by other pods long before, and a pod that goes without need has only handed its runs over. Longer than a
 * kubelet takes to start again.
 */
const PATIENCE = 30

/** What replaces a pod on a lost node soon. */
export const LOST_NODE: readonly IToleration[] = ['not-ready', 'unreachable'].map((state) => ({
  ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: PATIENCE },
}))
