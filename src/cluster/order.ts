import type { KubernetesObject } from '../manifest/object.ts'
import { at, textAt } from './read.ts'

/** Objects that are applied together. */
export interface Stage {
  readonly name: StageName
  readonly objects: readonly KubernetesObject[]
  /** Whether the next stage waits until these are healthy: it could not work without them. */
  readonly gate: boolean
}

/** The stages, first to last. */
const STAGES = [
  { name: 'namespace', gate: false },
  { name: 'quota', gate: false },
  { name: 'configuration', gate: false },
  { name: 'secrets', gate: true },
  { name: 'accounts', gate: false },
  { name: 'policies', gate: false },
  { name: 'state', gate: true },
  { name: 'workloads', gate: false },
  { name: 'scaling', gate: true },
  { name: 'traffic', gate: false },
  { name: 'rest', gate: false },
] as const

export type StageName = (typeof STAGES)[number]['name']

const STAGE_OF: Readonly<Record<string, StageName>> = {
  Namespace: 'namespace',
  ...stage('quota', ['ResourceQuota', 'LimitRange', 'PriorityClass']),
  ConfigMap: 'configuration',
  ...stage('secrets', ['Secret', 'SecretStore', 'ClusterSecretStore', 'ExternalSecret', 'SealedSecret']),
  ...stage('accounts', ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']),
  ...stage('policies', ['NetworkPolicy', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']),
  ...stage('state', ['StatefulSet', 'PersistentVolumeClaim']),
  ...stage('workloads', ['ResourceClaimTemplate', 'ResourceClaim', 'Deployment', 'DaemonSet']),
  ...stage('scaling', ['TriggerAuthentication', 'ScaledObject', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']),
  ...stage('traffic', ['Service', 'Gateway', 'HTTPRoute', 'GRPCRoute', 'VirtualService', 'DestinationRule']),
  ...stage('traffic', ['PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'Ingress']),
}

/**
 * The objects in the order in which they are applied, those of a stage in the order given.
 *
 * Traffic comes after workloads: a Service that already selects pods of the new release would have none while they start. What state is
 * reached through comes with it.
 */
export function stagesOf(objects: readonly KubernetesObject[]): readonly Stage[] {
  const headless = new Set(objects.map((object) => textAt(object, 'spec', 'serviceName')).filter((name) => name !== ''))
  const stageOf = (object: KubernetesObject): StageName => {
    if (object.kind === 'Service' && (headless.has(object.metadata.name) || isOfState(object))) return 'state'
    return STAGE_OF[object.kind] ?? 'rest'
  }
  const placed = Map.groupBy(objects, stageOf)
  return STAGES.flatMap(({ name, gate }) => {
    const own = placed.get(name) ?? []
    return own.length === 0 ? [] : [{ name, gate, objects: name === 'state' ? servicesFirst(own) : own }]
  })
}

function stage(name: StageName, kinds: readonly string[]): Readonly<Record<string, StageName>> {
  return Object.fromEntries(kinds.map((kind) => [kind, name]))
}

function isOfState(service: KubernetesObject): boolean {
  const component = at(service, 'metadata', 'labels', 'app.kubernetes.io/component')
  return typeof component === 'string' && /redis|sentinel/.test(component)
}

function servicesFirst(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const isService = ({ kind }: KubernetesObject) => kind === 'Service'
  return [...objects.filter(isService), ...objects.filter((object) => !isService(object))]
}
