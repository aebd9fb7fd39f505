import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'
import { durationOf } from '../world/amount.ts'
import { LASTING_KINDS, type PodView } from '../world/pod.ts'
import { referencesOf } from '../world/reference.ts'
import type { World } from '../world.ts'

/** The variable that tells our own runtime how long it may drain, and its default in seconds. */
const DRAIN = { name: 'POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT', usual: 60 } as const

export const graceTooShort: Rule = {
  id: 'grace-too-short',
  severity: 'error',
  title: 'Pods are killed before they have drained',
  explanation:
    'The grace period covers the preStop hook and the drain together: when it is over, what still runs is killed. Make `terminationGracePeriodSeconds` longer than both.',
  source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-execution',
  *check(world) {
    for (const pod of world.pods) {
      // What runs once ends by itself.
      if (pod.owner.kind !== 'Pod' && !LASTING_KINDS.includes(pod.owner.kind)) continue
      const field = pod.spec.at('terminationGracePeriodSeconds')
      const grace = field.number ?? 30
      for (const container of pod.containers) {
        const hook = container.at('lifecycle', 'preStop')
        const stop = stopOf(hook)
        const drain = drainOf(world, pod, container)
        if (stop + drain === 0 || (drain === 0 ? stop < grace : stop + drain < grace)) continue
        const what =
          drain === 0 ? `the preStop hook takes ${stop} s` : `the preStop hook and the drain take ${stop + drain} s`
        yield { at: field.exists ? field : pod.spec, message: `The grace period is ${grace} s, ${what}` }
      }
    }
  },
}

function stopOf(hook: Field): number {
  const slept = /(?:^|[\s;&])sleep\s+(\d+(?:\.\d+)?)/.exec(
    hook
      .at('exec', 'command')
      .items.map(({ value }) => String(value))
      .join(' '),
  )
  return hook.at('sleep', 'seconds').number ?? Number(slept?.[1] ?? 0)
}

function drainOf({ find, served }: World, pod: PodView, container: Field): number {
  const own = container
    .at('env')
    .items.find((variable) => variable.at('name').text === DRAIN.name)
    ?.at('value')
  const maps = referencesOf(pod).filter(({ kind, keys }) => kind === 'ConfigMap' && keys.length === 0)
  const given = maps
    .map(({ name }) => find('ConfigMap', pod.namespace, name)?.at('data', DRAIN.name))
    .find((it) => it?.exists)
  const text = own?.text ?? given?.text
  if (text !== undefined) return durationOf(text) ?? Number(text)
  return served(container.at('image').text ?? '') === undefined ? 0 : DRAIN.usual
}
