import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan, SecretPlan } from '../plan.ts'
import { externalSecret } from './secret/external.ts'
import { sealedSecret } from './secret/sealed.ts'

type Provider = Plan['spec']['secrets']['provider']

/** What makes a Secret, by provider. One that is referred to is made by others. */
const PROVIDERS: Readonly<Record<Provider, (plan: Plan, secret: SecretPlan) => readonly KubernetesObject[]>> = {
  reference: () => [],
  'external-secrets': externalSecret,
  'sealed-secrets': sealedSecret,
}

/** What makes the Secrets; no value is in it. Those with random values are made when they are applied. */
export function renderSecrets(plan: Plan): Manifest {
  const { secrets, spec } = plan
  const make = PROVIDERS[spec.secrets.provider]
  return {
    file: 'secrets.yaml',
    about: `Secrets, by ${spec.secrets.provider}; no value is in this file that was not sealed.`,
    objects: secrets.filter(({ generated }) => generated === undefined).flatMap((secret) => make(plan, secret)),
  }
}
