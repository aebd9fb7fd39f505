import type { Rule } from '../rule.ts'

export const unknownVolume: Rule = {
  id: 'unknown-volume',
  severity: 'error',
  title: 'A container mounts a volume that its pod has not',
  explanation:
    'The API server refuses a pod of which a mount names no volume. A volume claim template of a StatefulSet is one too.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  *check({ pods }) {
    for (const { owner, spec, allContainers } of pods) {
      const templates = owner.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata', 'name').text)
      const names = [...spec.at('volumes').items.map((volume) => volume.at('name').text), ...templates]
      for (const mount of allContainers.flatMap((container) => container.at('volumeMounts').items)) {
        const name = mount.at('name')
        if (name.text !== undefined && !names.includes(name.text)) {
          yield { at: name, message: `There is no volume '${name.text}'; there is ${names.join(', ') || 'none'}` }
        }
      }
    }
  },
}
