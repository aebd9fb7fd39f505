/**
 * Looks at a run in which nothing was given in this turn: is it replaying into nowhere, waiting outside of steps, or can it leave memory?
 */
import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { CLEANUP_LIMIT } from './cancel.ts'
import { diverge, failAnyway, findUnasked, leave } from './end.ts'
import { describe } from './failure.ts'
import { buffer, flush } from './record.ts'
import { type Lane, type Operation, partsOf, type Residence } from './residence.ts'

/** A lane that waits for something that is no operation is reported after this long, and fails its run after that long (ms). */
const OUTSIDE_REPORT = 100
const OUTSIDE_LIMIT = 30_000

/** Decides what a quiet run needs. */
export function lookAround(residence: Residence): void {
  if (residence.mode === 'dropped' || residence.mode === 'ending' || residence.pumping) return
  if (residence.executing > 0 || isCommitting(residence)) return
  if (residence.live && residence.mode === 'pausing') return leavePaused(residence)
  if (residence.mode === 'draining') return handOver(residence)
  const outside = [...residence.lanes].find((lane) => !lane.over && lane.pending === 0)
  if (outside !== undefined) return waitOutside(residence, outside)
  residence.outsideSince = undefined
  if (residence.live) restOrLeave(residence)
  else stuck(residence)
}

/** Gives the run back to the queue, for another worker to go on with. */
export function handOver(residence: Residence): void {
  leave(residence, { status: 'queued', at: residence.engine.clock.now(), reason: 'handed over by a worker that stops' })
}

// Entries that only wait for company (values, race decisions) do not keep a run from leaving: they travel with that commit.
function isCommitting(residence: Residence): boolean {
  return residence.committing !== undefined || residence.flushScheduled || residence.batch.done.length > 0
}

function leavePaused(residence: Residence): void {
  const { pause } = residence
  if (pause !== undefined) partsOf(residence.batch).consumed.push(pause.message)
  buffer(residence, 'run-paused', pause?.by === undefined ? {} : { by: pause.by })
  leave(residence, { status: 'paused', reason: 'paused' })
}

function restOrLeave(residence: Residence): void {
  const { clock, settings } = residence.engine
  const now = clock.now()
  residence.idleSince ??= now
  const wakeAt = nextWake(residence)
  if (wakeAt !== undefined && wakeAt - now <= settings.suspendAfter) return
  const leaveAt = residence.idleSince + settings.suspendAfter
  const waitsLong = wakeAt !== undefined || [...residence.operations.values()].some(({ kind }) => kind === 'question')
  if (!waitsLong && leaveAt > now) return lookAgain(residence, leaveAt)
  const reason = waitingFor(residence)
  leave(residence, { status: 'suspended', ...(wakeAt === undefined ? {} : { wakeAt }), reason })
}

function nextWake(residence: Residence): number | undefined {
  const { cancel, deadline } = residence
  let wakeAt = cancel === undefined ? deadline : cancel.time + CLEANUP_LIMIT
  for (const operation of residence.operations.values()) {
    if (operation.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? operation.wakeAt, operation.wakeAt)
  }
  return wakeAt
}

function waitingFor({ operations }: Residence): string {
  const [first] = operations.values()
  if (first === undefined) return 'waits'
  const more = operations.size > 1 ? ` and ${operations.size - 1} more` : ''
  return `waits for ${WORDS[first.kind] ?? first.kind} ${first.id}${more}`
}

const WORDS: Partial<Record<Operation['kind'], string>> = {
  question: 'an answer to',
  message: 'message',
  step: 'the retry of',
}

// Nothing can go on, and the journal has more: the code no longer asks for what is recorded next.
function stuck(residence: Residence): void {
  residence.pump()
  if (residence.pumping) return
  const next = residence.recording.handOuts[residence.cursor]
  const expected = next?.kind === 'closing' ? next.recorded : findUnasked(residence)
  if (expected === undefined) return
  const found = [...residence.operations.values()].map(describe).join(', ') || 'nothing'
  diverge(residence, describe(expected), found, expected.sequence)
}

function waitOutside(residence: Residence, lane: Lane): void {
  const { clock, log, metrics } = residence.engine
  const now = clock.now()
  const where = `${residence.program.name}${lane.path === '' ? '' : `, branch ${lane.path}`}`
  if (residence.outsideSince === undefined) {
    residence.outsideSince = now
    return lookAgain(residence, now + OUTSIDE_REPORT)
  }
  const waited = now - residence.outsideSince
  if (waited >= OUTSIDE_LIMIT) {
    const message = `Agent ${where} waited ${formatDuration(waited)} for something that is no step: put what it waits for into context.step`
    return failAnyway(residence, new PolisError('WAIT_OUTSIDE_STEP', message))
  }
  if (waited >= OUTSIDE_REPORT) {
    log.warn(
      { run: residence.record.run, agent: where },
      'the code waits for something outside of a step: it is not recorded, and replay may take another path',
    )
    metrics.increment('errors_total', { error_type: 'WAIT_OUTSIDE_STEP', component: 'agent' })
    return lookAgain(residence, residence.outsideSince + OUTSIDE_LIMIT)
  }
  lookAgain(residence, residence.outsideSince + OUTSIDE_REPORT)
}

function lookAgain(residence: Residence, at: number): void {
  residence.recheck()
  residence.recheck = residence.engine.clock.setTimer(at, () => {
    if (residence.batch.entries.length > 0 && !isCommitting(residence)) flush(residence)
    lookAround(residence)
  })
}
