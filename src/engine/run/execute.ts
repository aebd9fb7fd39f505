import type { DecodedEntry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import type { RunRecord } from '../../core/run.ts'
import type { Message } from '../../store/journal.ts'
import type { Program } from '../program.ts'
import { drop } from './drop.ts'
import { complete, fail, failAnyway } from './end.ts'
import type { Engine } from './engine.ts'
import { handOver, lookAround } from './idle.ts'
import { drainInbox, takeMessages } from './inbox.ts'
import { type Recording, readRecording, type Snapshot } from './recording.ts'
import { pumpReplay } from './replay.ts'
import { createLane, emptyBatch, type Lane, type Residence } from './residence.ts'
import { createScope } from './run-scope.ts'
import { scheduleTurn } from './turn.ts'

/** A run being executed by this worker. */
export interface Execution {
  readonly record: RunRecord
  /** Gives it messages from its inbox; those it has already are ignored. */
  deliver(messages: readonly Message[]): void
  /** Starts nothing new, and hands the run over as soon as nothing executes. */
  drain(): void
  /** Hands it over now; what executes is aborted and will be run again as its effect allows. */
  interrupt(): void
  /** Forgets it without a commit. */
  drop(): void
}

/** What is claimed: the run, its journal, and what waits in its inbox. */
export interface Claimed {
  readonly record: RunRecord
  readonly entries: readonly DecodedEntry[]
  /** What it begins with: then `entries` are the first one and those after the snapshot. */
  readonly snapshot?: Snapshot
  readonly inbox: readonly Message[]
}

/** Replays a claimed run into its program and goes on with it; `onDropped` is told once, with the status or what went wrong. */
export function execute(
  engine: Engine,
  program: Program,
  claimed: Claimed,
  onDropped: Residence['onDropped'],
): Execution {
  const residence = createResidence(engine, program, claimed, onDropped)
  // One that was to be paused when it lost its worker starts nothing again.
  if (claimed.inbox.some(({ kind }) => kind === 'pause')) residence.mode = 'pausing'
  armDeadline(residence)
  start(residence)
  takeMessages(residence, claimed.inbox)
  return {
    record: claimed.record,
    deliver: (messages) => takeMessages(residence, messages),
    drain() {
      if (residence.mode === 'running' || residence.mode === 'pausing') residence.mode = 'draining'
      scheduleTurn(residence)
    },
    interrupt() {
      residence.mode = residence.mode === 'running' || residence.mode === 'pausing' ? 'draining' : residence.mode
      for (const operation of residence.operations.values()) operation.stop()
      handOver(residence)
    },
    drop: () => drop(residence, 'dropped'),
  }
}

function start(residence: Residence): void {
  const { program, recording, root } = residence
  // A run that never executed has nothing to replay; any other gets even its first result in a turn of its own.
  residence.live = recording.operations.size === 0 && recording.handOuts.length === 0
  scheduleTurn(residence)
  let running: Promise<unknown>
  try {
    running = program.run(createScope(residence, root), recording.submitted.input)
  } catch (reason) {
    running = Promise.reject(reason)
  }
  running.then(
    (output) => complete(residence, output),
    (reason: unknown) => fail(residence, reason),
  )
  pumpReplay(residence)
}

function createResidence(
  engine: Engine,
  program: Program,
  { record, entries, snapshot }: Claimed,
  onDropped: Residence['onDropped'],
): Residence {
  const recording = readRecording(entries, snapshot)
  const root = createRoot(snapshot)
  const { duration } = program.limits
  const residence: Residence = {
    ...{ engine, program, record, recording, root, onDropped },
    lanes: new Set([root]),
    closedPaths: new Set(),
    operations: new Map(),
    fresh: [],
    messages: copyOf(recording.messages),
    asking: new Map(),
    inbox: [],
    taken: new Set(),
    cursor: 0,
    live: false,
    handing: [],
    turnScheduled: false,
    pumping: false,
    sequence: record.sequence,
    durable: record.sequence,
    valued: 0,
    bytes: record.bytes,
    // A fork's journal is shorter than that which its snapshots were taken of.
    snapped: Math.min(recording.snapped, record.bytes),
    steps: snapshot?.steps ?? 0,
    batch: emptyBatch(),
    flushScheduled: false,
    committing: undefined,
    executing: 0,
    mode: 'running',
    cancel: undefined,
    end: undefined,
    cancelRequested: false,
    pause: undefined,
    idleSince: undefined,
    outsideSince: undefined,
    deadline: duration === undefined ? undefined : record.createdAt + duration,
    recheck: nothing,
    stopClock: nothing,
    look() {
      drainInbox(residence)
      lookAround(residence)
    },
    pump: () => pumpReplay(residence),
  }
  return residence
}

function copyOf(messages: Recording['messages']): Residence['messages'] {
  const copy: Residence['messages'] = new Map()
  for (const [name, queue] of messages) copy.set(name, [...queue])
  return copy
}

function createRoot(snapshot: Snapshot | undefined): Lane {
  const root = createLane('', undefined)
  if (snapshot === undefined) return root
  root.next = snapshot.index + 1
  for (const [name, occurrences] of Object.entries(snapshot.names)) root.names.set(name, occurrences)
  return root
}

function armDeadline(residence: Residence): void {
  const { deadline, engine, program } = residence
  if (deadline === undefined) return
  const message = `The run took longer than limits.duration of agent ${program.name} allows`
  residence.stopClock = engine.clock.setTimer(deadline, () => {
    failAnyway(residence, new PolisError('TIMEOUT', message, { retryable: false }))
  })
}

function nothing(): void {}
