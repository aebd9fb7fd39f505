import type { KubernetesObject } from './object.ts'

/** An object that its type was checked against. */
export function typed<Type extends { apiVersion: string; kind: string }>(
  object: Type & { readonly metadata: { readonly name: string } },
): KubernetesObject {
  // The types of Kubernetes allow an absent name, and are not readonly.
  return object as unknown as KubernetesObject
}
