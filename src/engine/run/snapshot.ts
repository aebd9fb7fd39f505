/**
 * Snapshots: where a residence may begin instead of at the first entry.
 *
 * Invariants:
 * 1. A snapshot is taken by the run's own lane while no operation and no branch is open, so that no entry after it can be about an
 *    operation from before it.
 * 2. The run's record leads to a snapshot only where nothing before it is needed any more: no cancel, and nothing that a retry left
 *    to be reused (G3).
 */
import { PolisError } from '../../core/error.ts'
import { assertSerializable } from '../../core/json.ts'
import { operate, refOf, settle } from './operate.ts'
import { record } from './record.ts'
import { isPast } from './recording.ts'
import { type Lane, type Operation, partsOf, type Residence } from './residence.ts'
import { handOut } from './turn.ts'

/** Records `state`, for the next residence to begin with; the promise resolves once that is durable. */
export async function snapshot(residence: Residence, lane: Lane, state: unknown): Promise<void> {
  assertAlone(residence, lane)
  assertState(state)
  await operate(residence, lane, {
    kind: 'snapshot',
    name: 'snapshot',
    start: (operation) => take(residence, operation, state),
  })
}

function assertAlone({ operations, lanes }: Residence, lane: Lane): void {
  if (lane.parent !== undefined) {
    throw new PolisError('INVALID_ARGUMENT', `snapshot: only the run's own scope takes one, not branch ${lane.path}`)
  }
  const open = [...operations.keys(), ...[...lanes].flatMap(({ path }) => (path === '' ? [] : `branch ${path}`))]
  if (open.length === 0) return
  const more = open.length > 1 ? ` and ${open.length - 1} more` : ''
  throw new PolisError(
    'INVALID_ARGUMENT',
    `snapshot: ${open[0]}${more} of the run is pending: take one where everything that was begun has been awaited`,
  )
}

// Before the operation is counted, so that code which catches the error takes the same path when it is replayed; and not only what
// JSON refuses: what it would change in silence would come back as something else.
function assertState(state: unknown): void {
  if (state === undefined) {
    throw new PolisError('INVALID_ARGUMENT', 'snapshot: expected a state to go on with, got undefined: null is one')
  }
  assertSerializable(state, 'state of a snapshot')
}

function take(residence: Residence, operation: Operation, state: unknown): void {
  const { lane } = operation
  const unread = [...residence.messages].flatMap(([name, queue]) => queue.map((arrived) => ({ name, ...arrived })))
  const body = {
    ...refOf(operation),
    ...{ state, names: Object.fromEntries(lane.names), steps: residence.steps, bytes: residence.bytes, unread },
  }
  residence.snapped = residence.bytes
  partsOf(residence.batch).snapshot = mayBeginHere(residence, operation)
  record(residence, 'snapshot-taken', body, () =>
    handOut(residence, () => settle(residence, operation, { kind: 'value', value: undefined })),
  )
}

function mayBeginHere({ cancelRequested, recording }: Residence, { index, lane }: Operation): boolean {
  if (cancelRequested) return false
  const past = { index, names: lane.names }
  for (const recorded of recording.operations.values()) {
    if (recorded.optional && !recorded.taken && !isPast(past, recorded)) return false
  }
  return true
}
