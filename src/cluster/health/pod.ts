import type { LiveObject } from '../api.ts'
import { at, listAt, numberAt, textAt } from '../read.ts'
import { conditionOf } from './condition.ts'

/**
 * Why a pod is not ready, in its own words.
 *
 * `hopeless` does not mend by itself; `grave` seldom does, and is given a while; `waiting` takes its time.
 */
export interface PodTrouble {
  readonly pod: string
  readonly severity: 'hopeless' | 'grave' | 'waiting'
  /** Such as `ImagePullBackOff`. */
  readonly reason: string
  readonly message: string
  /** The container whose last log says more, where there is one. */
  readonly log?: { readonly container: string; readonly previous: boolean }
}

/** Restarts after which a container that ends again and again is taken to go on so. */
const RESTARTS = 4

/** Why a pod is not ready; undefined for one that is, or that has done its work. `events` are the warnings of its namespace. */
export function podTrouble(pod: LiveObject, events: readonly LiveObject[]): PodTrouble | undefined {
  const { name } = pod.metadata
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded' || pod.metadata.deletionTimestamp !== undefined) return undefined
  if (phase === 'Failed') return { pod: name, severity: 'grave', ...sayFailed(pod) }
  if (conditionOf(pod, 'Ready')?.status === 'True') return undefined
  const found =
    unscheduled(pod) ??
    containersOf(pod)
      .map(containerTrouble)
      .find((each) => each !== undefined)
  return { pod: name, ...(found ?? notReady(pod, events)) }
}

type Trouble = Omit<PodTrouble, 'pod'>

function sayFailed(pod: LiveObject): { readonly reason: string; readonly message: string } {
  return { reason: textAt(pod, 'status', 'reason') || 'Failed', message: textAt(pod, 'status', 'message') }
}

function unscheduled(pod: LiveObject): Trouble | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status !== 'False') return undefined
  return { severity: 'waiting', reason: scheduled.reason || 'Unschedulable', message: scheduled.message }
}

function containersOf(pod: LiveObject): readonly unknown[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')]
}

const SEVERITY: Readonly<Record<string, PodTrouble['severity']>> = {
  ...{ InvalidImageName: 'hopeless', ErrImageNeverPull: 'hopeless' },
  ...{ ImagePullBackOff: 'grave', ErrImagePull: 'grave', ImageInspectError: 'grave', RegistryUnavailable: 'grave' },
  ...{ CreateContainerConfigError: 'grave', CreateContainerError: 'grave', RunContainerError: 'grave' },
}

function containerTrouble(status: unknown): Trouble | undefined {
  const reason = textAt(status, 'state', 'waiting', 'reason')
  const message = textAt(status, 'state', 'waiting', 'message')
  if (reason === 'CrashLoopBackOff') return crashed(status, at(status, 'lastState', 'terminated'), true)
  const severity = SEVERITY[reason]
  if (severity !== undefined) return { severity, reason, message }
  const ended = at(status, 'state', 'terminated')
  if (ended !== undefined && numberAt(ended, 'exitCode') !== 0) return crashed(status, ended, false)
  return undefined
}

function crashed(status: unknown, ended: unknown, previous: boolean): Trouble {
  const restarts = numberAt(status, 'restartCount') ?? 0
  const code = numberAt(ended, 'exitCode')
  const why = textAt(ended, 'reason')
  const said = textAt(ended, 'message').trim()
  const parts = [
    why === 'OOMKilled' ? 'it needed more memory than its limit' : '',
    code === undefined ? '' : `exit code ${code}`,
    restarts > 0 ? `${restarts} restarts` : '',
  ]
  return {
    severity: restarts >= RESTARTS ? 'hopeless' : 'grave',
    reason: why === 'OOMKilled' ? why : previous ? 'CrashLoopBackOff' : why || 'Error',
    message: [parts.filter((part) => part !== '').join(', '), said].filter((part) => part !== '').join(': '),
    log: { container: textAt(status, 'name'), previous },
  }
}

// A probe's failures are told by events alone.
function notReady(pod: LiveObject, events: readonly LiveObject[]): Trouble {
  const about = events.filter((event) => textAt(event, 'involvedObject', 'uid') === pod.metadata.uid)
  const last = about.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).at(-1)
  const running = listAt(pod, 'status', 'containerStatuses').find((each) => at(each, 'ready') === false)
  const restarts = numberAt(running, 'restartCount') ?? 0
  const container = textAt(running, 'name')
  const log =
    container === '' || at(running, 'state', 'running') === undefined ? {} : { log: { container, previous: false } }
  // It runs for a moment between two ends: what it said at the last one tells more than what it says so far.
  const ended = at(running, 'lastState', 'terminated')
  if (last !== undefined && restarts >= RESTARTS && ended !== undefined) return crashed(running, ended, true)
  if (last !== undefined)
    return {
      severity: restarts >= RESTARTS ? 'hopeless' : 'waiting',
      ...{ reason: textAt(last, 'reason'), message: textAt(last, 'message'), ...log },
    }
  return {
    severity: 'waiting',
    reason: 'NotReady',
    message: textAt(pod, 'status', 'phase') === 'Running' ? 'runs, and is not ready yet' : 'starts',
    ...log,
  }
}

/** When an event was last seen, as text that sorts. */
export function timeOf(event: LiveObject): string {
  return (
    textAt(event, 'series', 'lastObservedTime') ||
    textAt(event, 'lastTimestamp') ||
    textAt(event, 'eventTime') ||
    textAt(event, 'metadata', 'creationTimestamp')
  )
}
