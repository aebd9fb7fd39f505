import type { ITopologySpreadConstraint } from 'kubernetes-models/v1'

/**
 * Spreads the pods of each version of a Deployment over zones, and over nodes. Where that cannot be, a pod runs elsewhere rather than
 * nowhere.
 */
export function spread(selector: Readonly<Record<string, string>>): ITopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...selector } },
    matchLabelKeys: ['pod-template-hash'],
  }))
}
