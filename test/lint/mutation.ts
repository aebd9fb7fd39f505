/** Ways to break manifests that look right afterwards, chosen by a seed. */
import type { KubernetesObject, Manifest } from '../../src/manifest/object.ts'
import { nameOf } from '../../src/manifest/object.ts'

export const CLASSES = ['rename', 'drop', 'retype', 'unlink'] as const
export type MutationClass = (typeof CLASSES)[number]

/** Manifests with one thing broken. */
export interface Mutant {
  readonly manifests: readonly Manifest[]
  /** What was done, for people. */
  readonly what: string
}

type Path = readonly (string | number)[]
type Random = () => number

interface Place {
  readonly path: Path
  readonly value: unknown
}

/** Kinds that others refer to by their names. */
const NAMED = [
  'ConfigMap',
  'ServiceAccount',
  'Service',
  'Role',
  'Deployment',
  'Namespace',
  'ExternalSecret',
  'PersistentVolumeClaim',
]

/** Kinds without which something else here makes no sense. */
const NEEDED = ['ConfigMap', 'ServiceAccount', 'Service', 'Role', 'Deployment', 'StatefulSet', 'Namespace']

/** Mappings whose keys are free, and whose values mean nothing to Kubernetes. */
const FREE =
  /^(annotations|data|stringData|binaryData|encryptedData|labels|matchLabels|hard|requests|limits|nodeSelector|metadata|parameters|default|defaultRequest)$/

/** Fields that an object cannot do without, by what holds them. */
const REQUIRED =
  /^(selector|template|containers|image|name|ports|port|containerPort|mountPath|scaleTargetRef|maxReplicas|roleRef|rules|verbs|resources|schedule|jobTemplate|securityContext|readinessProbe|accessModes|key|host|hosts|podSelector)$/

/** Breaks manifests in one way. */
export function mutate(manifests: readonly Manifest[], kind: MutationClass, random: Random): Mutant {
  if (kind === 'rename') return renameField(manifests, random)
  if (kind === 'drop') return random() < 0.4 ? dropObject(manifests, random) : dropField(manifests, random)
  if (kind === 'retype') return retype(manifests, random)
  return random() < 0.5 ? renameObject(manifests, random) : unlinkLabel(manifests, random)
}

function renameField(manifests: readonly Manifest[], random: Random): Mutant {
  const { at, object } = pickObject(manifests, random, () => true)
  const fields = placesIn(object).filter(
    ({ path }) => path.length > 0 && typeof path.at(-1) === 'string' && !path.slice(0, -1).some(isFree),
  )
  const { path } = pick(fields, random)
  const key = String(path.at(-1))
  const place = Math.floor(random() * (key.length - 1)) + 1
  const wrong = `${key.slice(0, place)}${key.slice(place + 1)}x`
  return replaced(manifests, at, `${showPath(object, path)} is called ${wrong}`, (copy) => {
    const holder = mappingAt(copy, path.slice(0, -1))
    holder[wrong] = holder[key]
    delete holder[key]
  })
}

function dropField(manifests: readonly Manifest[], random: Random): Mutant {
  const { at, object } = pickObject(manifests, random, (each) => requiredIn(each).length > 0)
  const { path } = pick(requiredIn(object), random)
  return replaced(manifests, at, `${showPath(object, path)} is gone`, (copy) => {
    delete mappingAt(copy, path.slice(0, -1))[String(path.at(-1))]
  })
}

function requiredIn(object: KubernetesObject): readonly Place[] {
  return placesIn(object).filter(
    ({ path }) => REQUIRED.test(String(path.at(-1))) && !path.slice(0, -1).some(isFree) && !isOptional(object, path),
  )
}

// A name of the only port of a Service, and what a policy leaves open on purpose.
function isOptional({ kind }: KubernetesObject, path: Path): boolean {
  return (kind === 'Service' && path.at(-1) === 'name') || (kind === 'AuthorizationPolicy' && path.at(-1) === 'rules')
}

function dropObject(manifests: readonly Manifest[], random: Random): Mutant {
  const { at, object } = pickObject(manifests, random, (each) => NEEDED.includes(each.kind) && isNamed(manifests, each))
  return {
    manifests: manifests.map((manifest, file) => ({
      ...manifest,
      objects: manifest.objects.filter((_, index) => file !== at.file || index !== at.index),
    })),
    what: `${nameOf(object)} is gone`,
  }
}

function retype(manifests: readonly Manifest[], random: Random): Mutant {
  const { at, object } = pickObject(manifests, random, () => true)
  const { path, value } = pick(
    placesIn(object).filter(({ path }) => path.length > 0),
    random,
  )
  const wrong = otherType(value)
  return replaced(manifests, at, `${showPath(object, path)} is ${JSON.stringify(wrong)}`, (copy) => {
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>
    holder[path.at(-1) ?? ''] = wrong
  })
}

function otherType(value: unknown): unknown {
  if (typeof value === 'string') return /^\d/.test(value) ? [value] : 42
  if (typeof value === 'number') return [value]
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'list' : 'mapping'
}

function renameObject(manifests: readonly Manifest[], random: Random): Mutant {
  const { at, object } = pickObject(manifests, random, (each) => NAMED.includes(each.kind) && isNamed(manifests, each))
  return replaced(manifests, at, `${nameOf(object)} is called otherwise`, (copy) => {
    mappingAt(copy, ['metadata']).name = `${object.metadata.name}-2`
  })
}

function unlinkLabel(manifests: readonly Manifest[], random: Random): Mutant {
  const isSelector = ({ path, value }: Place) =>
    typeof value === 'string' &&
    (path.includes('matchLabels') || path.at(-2) === 'selector') &&
    !path.includes('namespaceSelector')
  const { at, object } = pickObject(manifests, random, (each) => placesIn(each).some(isSelector))
  const { path, value } = pick(placesIn(object).filter(isSelector), random)
  return replaced(manifests, at, `${showPath(object, path)} is not ${value}`, (copy) => {
    mappingAt(copy, path.slice(0, -1))[String(path.at(-1))] = `${value}x`
  })
}

// Whether another object has its name somewhere: as a text of its own, or in an address.
function isNamed(manifests: readonly Manifest[], object: KubernetesObject): boolean {
  const { name, namespace } = object.metadata
  if (object.kind === 'Namespace') return true
  const passedOver = ['labels', 'matchLabels', 'selector', 'metadata', 'data', 'env', 'namespaces']
  const isMeant = ({ path, value }: Place) =>
    (value === name && !path.some((step) => passedOver.includes(String(step)))) ||
    (typeof value === 'string' && new RegExp(`(^|[^\\w-])${name}\\.${namespace}\\.svc`).test(value))
  const others = manifests.flatMap(({ objects }) => objects.filter((other) => other !== object))
  return others.some((other) => placesIn(other).some(isMeant))
}

interface Address {
  readonly file: number
  readonly index: number
}

function pickObject(
  manifests: readonly Manifest[],
  random: Random,
  isMeant: (object: KubernetesObject) => boolean,
): { readonly at: Address; readonly object: KubernetesObject } {
  const all = manifests.flatMap(({ objects }, file) =>
    objects.map((object, index) => ({ at: { file, index }, object })),
  )
  return pick(
    all.filter(({ object }) => isMeant(object)),
    random,
  )
}

function replaced(
  manifests: readonly Manifest[],
  at: Address,
  what: string,
  change: (copy: KubernetesObject) => void,
): Mutant {
  const changed = manifests.map((manifest, file) => ({
    ...manifest,
    objects: manifest.objects.map((object, index) => {
      if (file !== at.file || index !== at.index) return object
      const copy = structuredClone(object)
      change(copy)
      return copy
    }),
  }))
  return { manifests: changed, what }
}

function placesIn(value: unknown, path: Path = []): readonly Place[] {
  const entries = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isMapping(value)
      ? Object.entries(value)
      : []
  return [
    { path, value },
    ...entries
      .filter(([key]) => path.length > 0 || key !== 'status')
      .flatMap(([key, item]) => placesIn(item, [...path, key])),
  ]
}

function isFree(step: string | number): boolean {
  return FREE.test(String(step)) && step !== 'metadata'
}

function mappingAt(object: KubernetesObject, path: Path): Record<string, unknown> {
  // The path was found in a mapping.
  return valueAt(object, path) as Record<string, unknown>
}

function valueAt(object: unknown, path: Path): unknown {
  return path.reduce((value, step) => (value as Record<string | number, unknown>)[step], object)
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function showPath(object: KubernetesObject, path: Path): string {
  return `${nameOf(object)} ${path.join('.')}`
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to break')
  return item
}
