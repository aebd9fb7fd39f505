import { PolisError } from '../core/error.ts'
import type { KubernetesObject } from '../manifest/object.ts'
import { type ClusterApi, groupOf, type KindRef } from './api.ts'
import { at, textAt } from './read.ts'

/** What was found out of a cluster before anything is asked of it. */
export interface Preflight {
  /** Of the API server. */
  readonly version: string
  /** Who we are to it; empty where it does not say. */
  readonly user: string
  /** What will be missing, though it can be done without. */
  readonly warnings: readonly string[]
}

/** The oldest minor version whose API the manifests are written for. */
const OLDEST_MINOR = 33

/**
 * Checks that the cluster can be reached, serves every kind, and lets us do what is needed.
 *
 * Rejects with NOT_FOUND that names the operator which serves a kind, FORBIDDEN that lists every right that is missing, or as the API does.
 */
export async function preflight(
  api: ClusterApi,
  objects: readonly KubernetesObject[],
  namespace: string,
): Promise<Preflight> {
  const version = await api.version()
  const kinds = kindsOf(objects)
  const [missing, user, denied] = await Promise.all([
    missingOf(api, kinds),
    userOf(api),
    deniedOf(api, kinds, namespace),
  ])
  if (missing.length > 0) throw unserved(missing)
  const needed = denied.filter(({ optional }) => optional === undefined)
  if (needed.length > 0) throw forbidden(needed, user)
  const old =
    minorOf(version) < OLDEST_MINOR
      ? [`Kubernetes ${version} is older than what is tested: 1.${OLDEST_MINOR} and later`]
      : []
  return { version, user, warnings: [...old, ...denied.flatMap(({ optional }) => optional ?? [])] }
}

/** Who the credentials belong to; empty where the cluster does not say. */
export async function userOf(api: ClusterApi): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { name: '' } }
  const answer = await api.create(review).catch(() => undefined)
  return textAt(answer, 'status', 'userInfo', 'username')
}

function kindsOf(objects: readonly KubernetesObject[]): readonly (KindRef & { readonly namespaced: boolean })[] {
  const found = new Map(
    objects.map(({ apiVersion, kind, metadata }) => [
      `${apiVersion} ${kind}`,
      { apiVersion, kind, namespaced: metadata.namespace !== undefined },
    ]),
  )
  return [...found.values()]
}

async function missingOf(api: ClusterApi, kinds: readonly KindRef[]): Promise<readonly KindRef[]> {
  const served = await Promise.all(kinds.map((kind) => api.serves(kind)))
  return kinds.filter((_, index) => served[index] === false)
}

/** Who serves kinds that are no part of Kubernetes, and which option asks for them. */
const OPERATORS: Readonly<Record<string, readonly [string, string]>> = {
  'keda.sh': ['KEDA', "deployment.scaling.by ('hpa' needs none)"],
  'networking.istio.io': ['Istio', "deployment.mesh ({ kind: 'none' } needs none)"],
  'security.istio.io': ['Istio', "deployment.mesh ({ kind: 'none' } needs none)"],
  'telemetry.istio.io': ['Istio', "deployment.mesh ({ kind: 'none' } needs none)"],
  'gateway.networking.k8s.io': ['the CRDs of the Gateway API', "deployment.mesh ({ kind: 'none' } needs none)"],
  'monitoring.coreos.com': ['the Prometheus operator', 'deployment.monitoring.podMonitor (false needs none)'],
  'external-secrets.io': ['the External Secrets operator', "deployment.secrets.provider ('reference' needs none)"],
  'bitnami.com': ['Sealed Secrets', "deployment.secrets.provider ('reference' needs none)"],
  'resource.k8s.io': ['dynamic resource allocation', 'deployment.modelServers.*.deviceClass'],
}

function unserved(missing: readonly KindRef[]): PolisError {
  const faults = missing.map(({ apiVersion, kind }) => {
    const [operator, option] = OPERATORS[groupOf(apiVersion)] ?? []
    const advice =
      operator === undefined ? 'this version of Kubernetes has it not' : `install ${operator}, or change ${option}`
    return `${kind} (${apiVersion}): ${advice}`
  })
  return new PolisError(
    'NOT_FOUND',
    ['The cluster does not know all kinds that the deployment needs:', ...faults].join('\n'),
    {
      details: { faults, hint: 'Nothing was changed' },
    },
  )
}

/** A right that we do not have; what is said of one that can be done without. */
interface Denied {
  readonly right: string
  readonly optional: string | undefined
}

interface Right {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly optional?: string
}

async function deniedOf(
  api: ClusterApi,
  kinds: readonly (KindRef & { readonly namespaced: boolean })[],
  namespace: string,
): Promise<readonly Denied[]> {
  const rights = rightsOf(kinds, namespace)
  const allowed = await Promise.all(rights.map((right) => isAllowed(api, right)))
  return rights
    .filter((_, index) => allowed[index] === false)
    .map((right) => ({ right: show(right), optional: right.optional }))
}

function rightsOf(kinds: readonly (KindRef & { readonly namespaced: boolean })[], namespace: string): readonly Right[] {
  const verbs = ['get', 'create', 'patch', 'delete']
  const own = kinds.flatMap(({ apiVersion, kind, namespaced }) =>
    verbs
      // The namespace stays, and nobody else's namespace is any of our business.
      .filter((verb) => kind !== 'Namespace' || verb !== 'delete')
      .map((verb) => ({
        verb,
        group: groupOf(apiVersion),
        resource: pluralOf(kind),
        ...(namespaced ? { namespace } : {}),
      })),
  )
  const lease = ['get', 'create', 'update'].map((verb) => ({
    verb,
    group: 'coordination.k8s.io',
    resource: 'leases',
    namespace,
  }))
  const records = ['list', 'delete'].map((verb) => ({ verb, group: '', resource: 'configmaps', namespace }))
  return [...own, ...lease, ...records, ...readingRights(namespace)]
}

function readingRights(namespace: string): readonly Right[] {
  const why = 'is not said why pods are not ready'
  return [
    { verb: 'list', group: '', resource: 'pods', namespace, optional: `Without the right to list pods it ${why}` },
    {
      verb: 'list',
      group: 'apps',
      resource: 'replicasets',
      namespace,
      optional: `Without the right to list replicasets it ${why}`,
    },
    {
      verb: 'list',
      group: '',
      resource: 'events',
      namespace,
      optional: 'Without the right to list events, probes that fail are not named',
    },
    {
      verb: 'get',
      group: '',
      resource: 'pods',
      subresource: 'log',
      namespace,
      optional: 'Without the right to get pods/log, no logs are shown',
    },
  ]
}

async function isAllowed(api: ClusterApi, { optional: _, ...resourceAttributes }: Right): Promise<boolean> {
  const review = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: { name: '' } },
    spec: { resourceAttributes },
  }
  return at(await api.create(review), 'status', 'allowed') === true
}

// As every kind of ours forms it. The API compares texts, and asks nobody whether there is such a resource.
function pluralOf(kind: string): string {
  const word = kind.toLowerCase()
  if (word.endsWith('s') || word.endsWith('ch')) return `${word}es`
  return word.endsWith('y') && !/[aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}

function show({ verb, group, resource, subresource, namespace }: Right): string {
  const what = [
    group === '' ? resource : `${resource}.${group}`,
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/')
  return namespace === undefined ? `${verb} ${what}` : `${verb} ${what} in ${namespace}`
}

function forbidden(denied: readonly Denied[], user: string): PolisError {
  const faults = denied.map(({ right }) => right)
  const who = user === '' ? 'The credentials do not allow' : `${user} may not`
  return new PolisError('FORBIDDEN', [`${who}:`, ...faults].join('\n'), {
    details: { faults, hint: 'Nothing was changed: ask whoever runs the cluster for these rights' },
  })
}

function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? OLDEST_MINOR)
}
