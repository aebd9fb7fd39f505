import type { Field } from '../field.ts'
import type { PodView } from './pod.ts'

/** A place in a pod that names a ConfigMap or a Secret. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret'
  /** Where the name stands. */
  readonly field: Field
  readonly name: string
  /** Keys that are asked for, each with its place; none where all are taken. */
  readonly keys: readonly Field[]
  readonly isOptional: boolean
}

/** Every ConfigMap and Secret that a pod names. */
export function referencesOf({ spec, allContainers }: PodView): readonly Reference[] {
  return [
    ...allContainers.flatMap((container) => [
      ...container.at('env').items.flatMap((variable) => fromVariable(variable.at('valueFrom'))),
      ...container.at('envFrom').items.flatMap(fromAll),
    ]),
    ...spec.at('volumes').items.flatMap(fromVolume),
    ...spec.at('imagePullSecrets').items.flatMap((item) => reference('Secret', item.at('name'), item, [])),
  ]
}

function fromVariable(source: Field): readonly Reference[] {
  const [map, secret] = [source.at('configMapKeyRef'), source.at('secretKeyRef')]
  return [
    ...reference('ConfigMap', map.at('name'), map, [map.at('key')]),
    ...reference('Secret', secret.at('name'), secret, [secret.at('key')]),
  ]
}

function fromAll(source: Field): readonly Reference[] {
  const [map, secret] = [source.at('configMapRef'), source.at('secretRef')]
  return [...reference('ConfigMap', map.at('name'), map, []), ...reference('Secret', secret.at('name'), secret, [])]
}

function fromVolume(volume: Field): readonly Reference[] {
  const sources = [volume, ...volume.at('projected', 'sources').items]
  return sources.flatMap((source) => {
    const [map, secret] = [source.at('configMap'), source.at('secret')]
    const secretName = secret.at('secretName').exists ? secret.at('secretName') : secret.at('name')
    const keysOf = (of: Field) => of.at('items').items.map((item) => item.at('key'))
    return [
      ...reference('ConfigMap', map.at('name'), map, keysOf(map)),
      ...reference('Secret', secretName, secret, keysOf(secret)),
    ]
  })
}

function reference(kind: Reference['kind'], field: Field, holder: Field, keys: readonly Field[]): readonly Reference[] {
  if (field.text === undefined) return []
  return [{ kind, field, name: field.text, keys, isOptional: holder.at('optional').value === true }]
}
