import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan, SecretPlan } from '../../plan.ts'
import { typed } from '../../typed.ts'

/** An ExternalSecret, from which the operator makes the Secret and keeps it up to date. */
export function externalSecret({ namespace, spec }: Plan, secret: SecretPlan): readonly KubernetesObject[] {
  const { store, refresh } = spec.secrets
  // Without a store the schema has refused it.
  if (store === undefined) return []
  const object = typed<IExternalSecret>({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secret.name, namespace },
    spec: {
      refreshInterval: refresh,
      secretStoreRef: { name: store.name, kind: store.kind },
      target: { name: secret.name, creationPolicy: 'Owner', template: { type: secret.type } },
      data: Object.entries(secret.keys).map(([secretKey, path]) => ({ secretKey, remoteRef: reference(String(path)) })),
    },
  })
  return [object]
}

function reference(path: string): { readonly key: string; readonly property?: string } {
  const [key = '', property] = path.split('#')
  return property === undefined ? { key } : { key, property }
}
