import type { Rule } from '../rule.ts'
import { amountOf } from '../world/amount.ts'

export const memoryVolumeWithoutLimit: Rule = {
  id: 'memory-volume-without-limit',
  severity: 'warning',
  title: 'A volume in memory has no limit',
  explanation:
    'Files in an `emptyDir` of memory count as memory of the pod: without `sizeLimit` they grow until the pod is killed, or the node is short.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
  *check({ pods }) {
    for (const volume of pods.flatMap(({ spec }) => spec.at('volumes').items.map((it) => it.at('emptyDir')))) {
      const limit = volume.at('sizeLimit')
      if (volume.at('medium').text === 'Memory' && amountOf(limit.value) === undefined)
        yield { at: volume, message: 'It may take all the memory of the pod' }
    }
  },
}
