import type { Field, Subject } from './field.ts'
import type { Problem } from './source.ts'
import { createFinder, type Find } from './world/find.ts'
import type { MetricCatalogue } from './world/metric-catalogue.ts'
import { type PodView, podsOf } from './world/pod.ts'
import { EVERYWHERE, namesIn, type Provided, providedBy } from './world/provided.ts'
import { type QueryView, queriesOf } from './world/query.ts'
import { createSchemas, type Schemas } from './world/schema.ts'

/** Everything that is linted together, with the ways that rules look at it. */
export interface World {
  readonly subjects: readonly Subject[]
  readonly problems: readonly Problem[]
  /** Pods and the templates of all workloads. */
  readonly pods: readonly PodView[]
  /** PromQL, wherever it stands. */
  readonly queries: readonly QueryView[]
  /** What exists without being here: what operators make, and what the cluster has. */
  readonly provided: readonly Provided[]
  readonly schemas: Schemas
  /** What applications export, where that is known. */
  readonly metrics: MetricCatalogue | undefined
  readonly now: Date
  /** Whether nothing is applied beside what is here, but for what is provided. */
  readonly isComplete: boolean
  /** Paths that an image serves over HTTP; undefined where that is not known. */
  served(image: string): readonly string[] | undefined
  /** Objects of one kind; a group tells apart what shares its name. */
  of(kind: string, group?: string): readonly Subject[]
  readonly find: Find
  /** Pods of a namespace that have all these labels. */
  podsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly PodView[]
  /** Whether an object is here, or is known to exist. */
  exists(kind: string, namespace: string, name: string): boolean
  /** What else is known to exist, of a kind and by a name. */
  providedOf(kind: string, namespace: string, name: string): Provided | undefined
}

/** What the objects themselves do not say. */
export interface Surroundings {
  readonly provided?: readonly Provided[]
  readonly metrics?: MetricCatalogue
  /** Images, and the paths that they serve over HTTP. */
  readonly served?: Readonly<Record<string, readonly string[]>>
  readonly isComplete?: boolean
  readonly now: Date
}

/** Makes a world of objects. */
export function createWorld(
  subjects: readonly Subject[],
  problems: readonly Problem[],
  { provided = [], metrics, served = {}, isComplete = false, now }: Surroundings,
): World {
  const byKind = Map.groupBy(subjects, ({ kind }) => kind)
  const of: World['of'] = (kind, group) => {
    const all = byKind.get(kind) ?? []
    return group === undefined ? all : all.filter((subject) => subject.group === group)
  }
  const pods = subjects.flatMap(podsOf)
  const known = [...EVERYWHERE, ...provided, ...subjects.flatMap(providedBy)]
  const find = createFinder(of)
  const providedOf: World['providedOf'] = (kind, namespace, name) =>
    known.find((each) => namesIn(each, kind, namespace, name))
  return {
    ...{ subjects, problems, pods, provided: known, metrics, now, isComplete, of },
    queries: subjects.flatMap(queriesOf),
    schemas: createSchemas(subjects),
    served: (image) => served[image],
    find,
    podsWith: (namespace, labels) => pods.filter((pod) => isSame(pod.namespace, namespace) && hasLabels(pod, labels)),
    exists: (kind, namespace, name) => (find(kind, namespace, name) ?? providedOf(kind, namespace, name)) !== undefined,
    providedOf,
  }
}

/** Whether two names mean the same namespace; where one object names none, it goes where the others go. */
export function isSame(one: string, other: string): boolean {
  return one === other || one === '' || other === ''
}

/** Whether a pod has all these labels, or one of the pods that a StatefulSet makes of its template. */
export function hasLabels({ labels, owner }: PodView, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => labels[key] === value || (key === POD_NAME && isPodOf(owner, value)),
  )
}

/** Which the controller of StatefulSets gives to each pod. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name'

function isPodOf(owner: Subject, pod: string): boolean {
  if (owner.kind !== 'StatefulSet' || !pod.startsWith(`${owner.name}-`)) return false
  const ordinal = pod.slice(owner.name.length + 1)
  const [first, count] = [owner.at('spec', 'ordinals', 'start').number ?? 0, owner.at('spec', 'replicas').number ?? 1]
  return /^(0|[1-9]\d*)$/.test(ordinal) && Number(ordinal) >= first && Number(ordinal) < first + count
}

/** Whether labels are selected by a LabelSelector. */
export function isSelected(labels: Readonly<Record<string, string>>, selector: Field): boolean {
  const exact = Object.entries(selector.at('matchLabels').texts).every(([key, value]) => labels[key] === value)
  return exact && selector.at('matchExpressions').items.every((expression) => meets(labels, expression))
}

function meets(labels: Readonly<Record<string, string>>, expression: Field): boolean {
  const value = labels[expression.at('key').text ?? '']
  const values = expression.at('values').items.map(({ text }) => text)
  const operator = expression.at('operator').text
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  return value !== undefined && values.includes(value)
}
