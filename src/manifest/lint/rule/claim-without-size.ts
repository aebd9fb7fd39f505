import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { amountOf } from '../world/amount.ts'

export const claimWithoutSize: Rule = {
  id: 'claim-without-size',
  severity: 'error',
  title: 'A volume claim does not say how much it needs',
  explanation:
    'The API server refuses a PersistentVolumeClaim without `accessModes` or without `resources.requests.storage`.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims',
  *check({ of }) {
    const claims: readonly Field[] = [
      ...of('PersistentVolumeClaim').map(({ root }) => root),
      ...of('StatefulSet').flatMap((set) => set.at('spec', 'volumeClaimTemplates').items),
    ]
    for (const spec of claims.map((claim) => claim.at('spec'))) {
      const size = spec.at('resources', 'requests', 'storage')
      if (amountOf(size.value) === undefined) yield { at: size, message: 'It asks for no amount of storage' }
      if (spec.at('accessModes').items.length === 0) yield { at: spec, message: 'It has no access mode' }
    }
  },
}
