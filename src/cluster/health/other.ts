import type { LiveObject } from '../api.ts'
import { at, listAt, numberAt, textAt } from '../read.ts'
import { conditionOf, say } from './condition.ts'
import type { Health } from './health.ts'

/** A Job: it has completed. */
export function jobHealth(object: LiveObject): Health {
  const failed = conditionOf(object, 'Failed')
  if (failed?.status === 'True') return { kind: 'failed', reason: say(failed) }
  const complete = conditionOf(object, 'Complete')
  if (complete?.status === 'True' || at(object, 'spec', 'suspend') === true) return { kind: 'healthy' }
  return { kind: 'waiting', reason: `${numberAt(object, 'status', 'active') ?? 0} pods run` }
}

/** A CronJob is healthy once it is there; one that is suspended is worth a word. */
export function cronJobHealth(object: LiveObject): Health {
  return at(object, 'spec', 'suspend') === true ? { kind: 'healthy', note: 'is suspended' } : { kind: 'healthy' }
}

/**
 * An HPA: it knows what it scales. Without metrics it keeps what there is, which is worth a word; they also come minutes after the first
 * pods, so that nothing waits for them.
 */
export function autoscalerHealth(object: LiveObject): Health {
  const able = conditionOf(object, 'AbleToScale')
  if (able?.status === 'False' && able.reason !== 'BackoffBoth') return { kind: 'waiting', reason: say(able) }
  const active = conditionOf(object, 'ScalingActive')
  const isOff = active?.status === 'False' && active.reason !== 'ScalingDisabled'
  return isOff ? { kind: 'healthy', note: `does not scale: ${say(active)}` } : { kind: 'healthy' }
}

/** A volume claim: bound, or waits for its first pod, as some classes do. One whose volume was lost has failed. */
export function claimHealth(object: LiveObject): Health {
  const phase = textAt(object, 'status', 'phase')
  if (phase === 'Lost') return { kind: 'failed', reason: 'its volume is lost' }
  return phase === 'Pending' ? { kind: 'healthy', note: 'waits for its volume' } : { kind: 'healthy' }
}

/** A route: every gateway that it names has accepted it. */
export function routeHealth(object: LiveObject): Health {
  const parents = listAt(object, 'status', 'parents')
  if (parents.length === 0) return { kind: 'waiting', reason: 'no gateway has looked at it yet' }
  for (const parent of parents) {
    const refused = listAt(parent, 'conditions').find(
      (each) => ['Accepted', 'ResolvedRefs'].includes(textAt(each, 'type')) && textAt(each, 'status') === 'False',
    )
    if (refused !== undefined)
      return { kind: 'waiting', reason: `${textAt(refused, 'reason')}: ${textAt(refused, 'message')}` }
  }
  return { kind: 'healthy' }
}
