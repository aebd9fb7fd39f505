import type { Rule } from '../rule.ts'

export const unusedVolume: Rule = {
  id: 'unused-volume',
  severity: 'warning',
  title: 'A volume of a pod is mounted by no container',
  explanation: 'What the volume brings is seen by nobody: a mount was forgotten, or the volume is a rest that can go.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  *check({ pods }) {
    for (const { owner, spec, allContainers } of pods) {
      const mounts = allContainers.flatMap((it) => [...it.at('volumeMounts').items, ...it.at('volumeDevices').items])
      const used = mounts.map((mount) => mount.at('name').text)
      const templates = owner.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata'))
      for (const volume of [...spec.at('volumes').items, ...templates]) {
        const name = volume.at('name')
        if (name.text !== undefined && !used.includes(name.text)) {
          yield { at: name, message: `No container mounts '${name.text}'` }
        }
      }
    }
  },
}
