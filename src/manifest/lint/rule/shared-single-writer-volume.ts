import type { Rule } from '../rule.ts'

export const sharedSingleWriterVolume: Rule = {
  id: 'shared-single-writer-volume',
  severity: 'error',
  title: 'Pods of a Deployment share a volume that one node may mount',
  explanation:
    'A ReadWriteOnce volume is mounted by one node: a RollingUpdate waits for ever when the new pod lands on another, and further replicas do not start. Use `strategy: Recreate` and one replica, a StatefulSet, or ReadWriteMany.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
  *check({ pods, find }) {
    for (const { owner, spec, namespace } of pods) {
      if (owner.kind !== 'Deployment') continue
      for (const volume of spec.at('volumes').items) {
        const name = volume.at('persistentVolumeClaim', 'claimName')
        const modes =
          find('PersistentVolumeClaim', namespace, name.text ?? '')
            ?.at('spec', 'accessModes')
            .items.map(({ text }) => text) ?? []
        const isSingle =
          modes.length > 0 && modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')
        const replicas = owner.at('spec', 'replicas').number ?? 1
        const isRolling = (owner.at('spec', 'strategy', 'type').text ?? 'RollingUpdate') === 'RollingUpdate'
        if (isSingle && (replicas > 1 || isRolling)) {
          yield {
            at: name,
            message:
              replicas > 1
                ? `${replicas} replicas mount a ${modes[0]} volume`
                : `A RollingUpdate mounts a ${modes[0]} volume twice`,
          }
        }
      }
    }
  },
}
