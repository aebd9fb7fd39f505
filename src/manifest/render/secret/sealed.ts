import type { ISealedSecret } from '@kubernetes-models/sealed-secrets/bitnami.com/v1alpha1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan, SecretPlan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** A SealedSecret, which only the controller of the cluster that it was sealed for can open. */
export function sealedSecret({ namespace }: Plan, { name, type, keys }: SecretPlan): readonly KubernetesObject[] {
  const encryptedData = Object.fromEntries(Object.entries(keys).map(([key, sealed]) => [key, String(sealed)]))
  const object = typed<ISealedSecret>({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace },
    spec: { encryptedData, template: { type } },
  })
  return [object]
}
