import type { Rule } from '../rule.ts'
import type { PodView } from '../world/pod.ts'

const DATABASE =
  /(^|\/)(redis|valkey|postgres(ql)?|mysql|mariadb|mongo(db)?|cassandra|etcd|rabbitmq|kafka|elasticsearch|opensearch)(:|@|$)/

export const databaseWithoutVolume: Rule = {
  id: 'database-without-volume',
  severity: 'warning',
  title: 'A database keeps its data in its pod',
  explanation:
    'Without a volume that lasts, everything is lost when the pod is moved, restarted on another node or rolled. Give it a volume claim, or say that it is a cache.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  *check({ pods }) {
    for (const pod of pods) {
      if (!['StatefulSet', 'Deployment'].includes(pod.owner.kind) || keepsData(pod)) continue
      for (const container of pod.spec.at('containers').items) {
        const image = container.at('image')
        const isSentinel = [...container.at('command').items, ...container.at('args').items].some(({ text }) =>
          /sentinel/.test(text ?? ''),
        )
        if (DATABASE.test(image.text ?? '') && !isSentinel) yield { at: image, message: 'No volume of its pod lasts' }
      }
    }
  },
}

function keepsData({ owner, spec, labels }: PodView): boolean {
  const lasting = spec
    .at('volumes')
    .items.some(
      (it) =>
        !it.at('emptyDir').exists &&
        !it.at('configMap').exists &&
        !it.at('secret').exists &&
        !it.at('projected').exists,
    )
  return (
    lasting ||
    owner.at('spec', 'volumeClaimTemplates').items.length > 0 ||
    Object.values(labels).some((value) => /cache|sentinel/.test(value))
  )
}
