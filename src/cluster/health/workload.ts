import type { LiveObject } from '../api.ts'
import { numberAt, textAt } from '../read.ts'
import { conditionOf, isObserved, say } from './condition.ts'
import type { Health } from './health.ts'

/** A Deployment: all pods are of the present template, as many as are wanted are available, and the old ones are gone. */
export function deploymentHealth(object: LiveObject, minimum: number): Health {
  if (!isObserved(object)) return waiting('its controller has not seen it yet')
  const progressing = conditionOf(object, 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') return { kind: 'failed', reason: say(progressing) }
  const failure = conditionOf(object, 'ReplicaFailure')
  if (failure?.status === 'True') return waiting(say(failure))
  const { wanted, total, updated, available } = countsOf(object)
  const least = Math.max(wanted, minimum)
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are new`)
  if (available < least) return waiting(`${available} of ${least} pods are available`)
  if (total > updated) return waiting(`${total - updated} old pods still end`)
  return { kind: 'healthy' }
}

/** A StatefulSet: all pods are ready, and of the present template, where it replaces them by itself. */
export function statefulSetHealth(object: LiveObject): Health {
  if (!isObserved(object)) return waiting('its controller has not seen it yet')
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const ready = numberAt(object, 'status', 'readyReplicas') ?? 0
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0
  const rolls = textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete'
  const isCurrent = textAt(object, 'status', 'currentRevision') === textAt(object, 'status', 'updateRevision')
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`)
  if (rolls && !isCurrent && updated < wanted) return waiting(`${updated} of ${wanted} pods are new`)
  return { kind: 'healthy' }
}

/** A DaemonSet: a pod of the present template is available on every node that is meant. */
export function daemonSetHealth(object: LiveObject): Health {
  if (!isObserved(object)) return waiting('its controller has not seen it yet')
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0
  const updated = numberAt(object, 'status', 'updatedNumberScheduled') ?? 0
  const available = numberAt(object, 'status', 'numberAvailable') ?? 0
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are new`)
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`)
  return { kind: 'healthy' }
}

function countsOf(object: LiveObject) {
  return {
    wanted: numberAt(object, 'spec', 'replicas') ?? 1,
    total: numberAt(object, 'status', 'replicas') ?? 0,
    updated: numberAt(object, 'status', 'updatedReplicas') ?? 0,
    available: numberAt(object, 'status', 'availableReplicas') ?? 0,
  }
}

function waiting(reason: string): Health {
  return { kind: 'waiting', reason }
}
