import type { Rule } from '../rule.ts'

export const unknownClaim: Rule = {
  id: 'unknown-claim',
  severity: 'error',
  title: 'A pod mounts a PersistentVolumeClaim that is nowhere',
  explanation:
    'A pod whose claim does not exist stays Pending. Correct the name, or say with `lint.agentpolis.dev/provided` that others make it.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes',
  *check({ pods, exists }) {
    const kind = 'PersistentVolumeClaim'
    for (const { spec, namespace } of pods) {
      for (const volume of spec.at('volumes').items) {
        const claim = volume.at('persistentVolumeClaim', 'claimName')
        if (claim.text === undefined || exists(kind, namespace, claim.text)) continue
        yield { at: claim, message: `There is no PersistentVolumeClaim '${claim.text}'` }
      }
    }
  },
}
