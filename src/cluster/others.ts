import { PolisError } from '../core/error.ts'
import type { ClusterApi, KindRef, LiveObject } from './api.ts'
import { holderOf, LEASE } from './lock.ts'

/** Kinds that hold what somebody would miss. What others make of them (pods, endpoints) goes and comes with them. */
const KINDS: readonly KindRef[] = [
  ...['ConfigMap', 'Secret', 'Service', 'PersistentVolumeClaim', 'Pod'].map((kind) => ({ apiVersion: 'v1', kind })),
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({ apiVersion: 'apps/v1', kind })),
  ...['Job', 'CronJob'].map((kind) => ({ apiVersion: 'batch/v1', kind })),
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  LEASE,
]

/** What the cluster and meshes put into every namespace. */
const EVERYWHERE: readonly RegExp[] = [
  /^ConfigMap (kube-root-ca\.crt|istio-ca-root-cert|istio-ca-crl)$/,
  /^Service kubernetes$/,
]

/**
 * Names something in a namespace that is not of a deployment, and that its removal would take away; undefined where there is nothing.
 *
 * What may not be looked at counts as there.
 */
export async function othersIn(
  api: ClusterApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<string | undefined> {
  const lists = await Promise.all(KINDS.map((kind) => api.list(kind, { namespace }).catch(unseen)))
  const kind = KINDS[lists.indexOf(undefined)]
  if (kind !== undefined) return `what it holds of the kind ${kind.kind} may not be looked at`
  const theirs = lists.flatMap((list) => list ?? []).find((object) => isTheirs(object, name))
  return theirs === undefined ? undefined : `${theirs.kind} ${theirs.metadata.name} of others is in it`
}

function isTheirs(object: LiveObject, name: string): boolean {
  const { kind, metadata } = object
  if (metadata.labels?.['app.kubernetes.io/name'] === name || (metadata.ownerReferences ?? []).length > 0) return false
  if (object.type === 'kubernetes.io/service-account-token') return false
  // Whoever holds one is at work.
  if (kind === LEASE.kind) return holderOf(object) !== ''
  return !EVERYWHERE.some((pattern) => pattern.test(`${kind} ${metadata.name}`))
}

function unseen(reason: unknown): undefined {
  if (PolisError.from(reason).code !== 'FORBIDDEN') throw reason
  return undefined
}
