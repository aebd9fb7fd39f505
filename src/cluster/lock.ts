import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import { abortable } from '../core/pause.ts'
import { DEPLOYMENT_ANNOTATION } from '../manifest/with-labels.ts'
import type { ClusterApi, LiveObject, ObjectRef } from './api.ts'
import { ownLabels } from './owner.ts'
import { at, numberAt, textAt } from './read.ts'

/*
 * One change of a deployment at a time, kept by a Lease.
 *
 * 1. Whoever holds it renews it well before it is over; whoever cannot any more is told by a signal before another may take it, and stops.
 * 2. It is taken over only after it was seen unrenewed for its whole time by the taker's own clock: clocks of two machines are not
 *    compared.
 * 3. Each write names the version that was read, so that of two takers one wins.
 */

/** How long a lease lasts, and how often it is renewed, in milliseconds. */
const TIME = 15_000
const RENEWAL = 5_000
/** How often another's lease is looked at. */
const LOOK = 1_000

/** A lock that is held until it is released. */
export interface Lock {
  /** Aborts when it was lost. */
  readonly signal: AbortSignal
  release(): Promise<void>
  /** Likewise, and takes the Lease away, for a deployment that is gone. */
  remove(): Promise<void>
}

/** What a lock is taken with. */
export interface LockOptions {
  readonly api: ClusterApi
  readonly clock: Clock
  readonly name: string
  readonly namespace: string
  /** Unique to this process; says who it is. */
  readonly holder: string
  /** When to give up, in milliseconds since the epoch. */
  readonly deadline: number
  readonly signal: AbortSignal
  /** Called once, with who holds it. */
  onWait(holder: string): void
}

/** Takes the lock of a deployment. CONFLICT where another still renews it at the deadline. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  const { clock, deadline, signal, onWait } = options
  let seen: { readonly version: string; readonly since: number } | undefined
  let told = false
  for (;;) {
    const live = await options.api.get(refOf(options))
    const other = holderOf(live)
    const version = live?.metadata.resourceVersion ?? ''
    if (seen?.version !== version) seen = { version, since: clock.now() }
    const time = (numberAt(live, 'spec', 'leaseDurationSeconds') ?? TIME / 1000) * 1000
    if (other === '' || other === options.holder || clock.now() - seen.since >= time) {
      const taken = await write(options, live).catch((reason: unknown) => lostRace(reason, live))
      if (taken !== undefined) return hold(options, taken)
      continue
    }
    if (clock.now() >= deadline) throw taken(other)
    if (!told) onWait(other)
    told = true
    await abortable(clock, LOOK, signal)
  }
}

/** Who holds the lock of a deployment; empty for nobody. */
export function holderOf(lease: LiveObject | undefined): string {
  return textAt(lease, 'spec', 'holderIdentity')
}

function hold(options: LockOptions, first: LiveObject): Lock {
  const { clock } = options
  const lost = new AbortController()
  let current = first
  let released = false
  let renewing: Promise<void> = Promise.resolve()
  const lose = () => {
    if (!released) lost.abort(gone())
  }
  // A renewal may hang for longer than the lease lasts: then nobody would say that it is lost.
  let cancelEnd = clock.setTimer(clock.now() + TIME - RENEWAL / 2, lose)
  const renew = async () => {
    const since = clock.now()
    try {
      current = await renewal(options, current)
      cancelEnd()
      cancelEnd = clock.setTimer(since + TIME - RENEWAL / 2, lose)
    } catch (reason) {
      // What else went wrong may go well at the next renewal.
      if (PolisError.from(reason).code === 'CONFLICT') lose()
    }
    if (!released && !lost.signal.aborted) cancel = clock.setTimer(clock.now() + RENEWAL, next)
  }
  const next = () => {
    renewing = renew()
  }
  let cancel = clock.setTimer(clock.now() + RENEWAL, next)
  const end = async (last: () => Promise<unknown>) => {
    if (released) return
    released = true
    cancel()
    cancelEnd()
    await renewing
    if (!lost.signal.aborted) await last()
  }
  return {
    signal: lost.signal,
    // What is not released ends by itself.
    release: () => end(() => write({ ...options, holder: '' }, current).catch(() => {})),
    remove: () => {
      const { uid, resourceVersion } = current.metadata
      return end(() =>
        options.api
          .remove(refOf(options), { uid, resourceVersion })
          .catch((reason: unknown) => lostRace(reason, current)),
      )
    },
  }
}

// A renewal whose answer was lost has moved the version on, and so has whoever wrote a label into it: it is ours still.
async function renewal(options: LockOptions, current: LiveObject): Promise<LiveObject> {
  try {
    return await write(options, current)
  } catch (reason) {
    if (PolisError.from(reason).code !== 'CONFLICT') throw reason
    const live = await options.api.get(refOf(options))
    if (live === undefined || holderOf(live) !== options.holder) throw reason
    return await write(options, live)
  }
}

async function write(
  { api, clock, name, namespace, holder }: LockOptions,
  live: LiveObject | undefined,
): Promise<LiveObject> {
  const now = microTime(clock.now())
  const isSame = live !== undefined && holderOf(live) === holder
  const spec = {
    ...{ holderIdentity: holder, leaseDurationSeconds: TIME / 1000, renewTime: now },
    acquireTime: isSame ? at(live, 'spec', 'acquireTime') : now,
    leaseTransitions: (numberAt(live, 'spec', 'leaseTransitions') ?? 0) + (isSame || live === undefined ? 0 : 1),
  }
  if (live !== undefined) return await api.replace({ ...live, spec })
  const { apiVersion, kind, name: called } = refOf({ name, namespace })
  const metadata = { name: called, namespace, labels: ownLabels(name), annotations: { [DEPLOYMENT_ANNOTATION]: name } }
  return await api.create({ apiVersion, kind, metadata, spec })
}

/** The kind of object that a lock is kept by. */
export const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const

/** The Lease of a deployment. */
export function refOf({ name, namespace }: { readonly name: string; readonly namespace: string }): ObjectRef {
  return { ...LEASE, name: `${name}-apply`, namespace }
}

// Somebody was first. Where there was no Lease, that nothing is found is said of the namespace; and one that ends takes none.
function lostRace(reason: unknown, live: LiveObject | undefined): undefined {
  const error = PolisError.from(reason)
  const isTaken = error.code === 'CONFLICT' && error.details.httpStatus !== 403
  const isGone = error.code === 'NOT_FOUND' && live !== undefined
  if (!isTaken && !isGone) throw error
  return undefined
}

// As Kubernetes writes it (MicroTime).
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}

function taken(holder: string): PolisError {
  return new PolisError('CONFLICT', `${holder} is changing the deployment`, {
    retryable: true,
    details: { hint: 'Wait until it is done, or give more time with --timeout' },
  })
}

function gone(): PolisError {
  return new PolisError(
    'CONFLICT',
    'Another has taken the deployment over, since the lease could not be renewed in time',
    {
      retryable: true,
      details: { hint: "'polis status' shows how it stands; running the same again goes on" },
    },
  )
}
