import type { Finding } from '../rule.ts'
import type { World } from '../world.ts'
import { type Reference, referencesOf } from './reference.ts'

type Kind = Reference['kind']

/** Where each kind keeps what its keys name. */
const DATA: Readonly<Record<Kind, readonly [string, string]>> = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData'],
}

/** Pods that need a ConfigMap or a Secret which is nowhere, with what is said of each by its name. */
export function* missingObjects(world: World, kind: Kind, message: (name: string) => string): Generator<Finding> {
  for (const { namespace, name, field } of neededBy(world, kind)) {
    if (!world.exists(kind, namespace, name)) yield { at: field, message: message(name) }
  }
}

/** Pods that need a key which a ConfigMap or a Secret has not, where its keys are known. */
export function* missingKeys(world: World, kind: Kind): Generator<Finding> {
  for (const { namespace, name, keys } of neededBy(world, kind)) {
    const known = keysOf(world, kind, namespace, name)
    for (const key of known === undefined ? [] : keys) {
      if (key.text === undefined || known?.includes(key.text)) continue
      yield { at: key, message: `${kind} '${name}' has no key '${key.text}'; it has ${known?.join(', ') || 'none'}` }
    }
  }
}

function* neededBy({ pods }: World, kind: Kind): Generator<Reference & { readonly namespace: string }> {
  for (const pod of pods) {
    for (const reference of referencesOf(pod)) {
      if (reference.kind === kind && !reference.isOptional) yield { ...reference, namespace: pod.namespace }
    }
  }
}

function keysOf({ find, providedOf }: World, kind: Kind, namespace: string, name: string) {
  const object = find(kind, namespace, name)
  if (object === undefined) return providedOf(kind, namespace, name)?.keys
  return DATA[kind].flatMap((data) => Object.keys(object.at(data).texts))
}
