import { PolisError } from '../../core/error.ts'
import { assertName } from '../../core/name.ts'
import type { Scope } from '../scope.ts'
import { abandon } from './abandon.ts'
import { diverge } from './end.ts'
import { abort } from './lazy-abort.ts'
import { cancelled, idIn, never, take } from './operate.ts'
import { buffer } from './record.ts'
import { createLane, type Lane, type Residence } from './residence.ts'
import { scheduleTurn } from './turn.ts'

/** A branch's name and code. */
export type Branch = readonly [name: string, code: (scope: Scope) => Promise<unknown>]
type ToScope = (lane: Lane) => Scope

/** Runs code in a named lane of its own. */
export function branch(residence: Residence, parent: Lane, [name, code]: Branch, toScope: ToScope): Promise<unknown> {
  assertName(name, 'branch name')
  if (parent.over) return Promise.reject(cancelled(parent))
  return run(residence, parent, open(residence, parent, idIn(parent, name)), code, toScope)
}

/** Runs all branches; the first that fails cancels the others. Answers their results in order. */
export async function all(
  residence: Residence,
  parent: Lane,
  branches: readonly Branch[],
  toScope: ToScope,
): Promise<readonly unknown[]> {
  if (parent.over) throw cancelled(parent)
  const group = openGroup(residence, parent, idIn(parent, 'all'), branches)
  const running = group.map(({ lane, code }) => run(residence, parent, lane, code, toScope))
  try {
    return await Promise.all(running)
  } catch (reason) {
    for (const { lane } of group) close(residence, lane)
    throw reason
  }
}

/** Runs all branches; the first to settle decides, is recorded, and the others are cancelled. */
export async function race(
  residence: Residence,
  parent: Lane,
  branches: readonly Branch[],
  toScope: ToScope,
): Promise<{ readonly winner: string; readonly value: unknown }> {
  if (branches.length === 0) throw new PolisError('INVALID_ARGUMENT', 'race: expected at least one branch, got none')
  if (parent.over) throw cancelled(parent)
  const place = take(residence, parent, { kind: 'race', name: 'race' })
  if (place === undefined) return never()
  const group = openGroup(residence, parent, place.id, branches)
  const running = group.map(({ name, lane, code }) =>
    run(residence, parent, lane, code, toScope).then(
      (value) => ({ winner: name, value, failed: false }),
      (value: unknown) => ({ winner: name, value, failed: true }),
    ),
  )
  const first = await Promise.race(running)
  for (const { lane } of group) close(residence, lane)
  const closing = place.recorded?.optional ? undefined : place.recorded?.closing
  if (closing === undefined)
    buffer(residence, 'race-decided', { id: place.id, index: place.index, winner: first.winner })
  else if (closing.kind === 'value' && closing.value !== first.winner) {
    diverge(
      residence,
      `race ${place.id} won by ${closing.value}`,
      `won by ${first.winner}`,
      place.recorded?.sequence ?? 0,
    )
    return never()
  }
  if (first.failed) throw first.value
  return { winner: first.winner, value: first.value }
}

/** Ends a lane and those below it: its operations reject CANCELLED, its steps abort, its questions are withdrawn. */
function close(residence: Residence, lane: Lane): void {
  if (lane.over) return
  lane.over = true
  residence.closedPaths.add(lane.path)
  residence.lanes.delete(lane)
  for (const below of [...residence.lanes]) if (below.parent === lane) close(residence, below)
  const error = cancelled(lane)
  abort(lane.abort, error)
  for (const operation of [...residence.operations.values()])
    if (operation.lane === lane) abandon(residence, operation, error)
  residence.pump()
}

async function run(
  residence: Residence,
  parent: Lane,
  lane: Lane,
  code: (scope: Scope) => Promise<unknown>,
  toScope: ToScope,
): Promise<unknown> {
  parent.pending += 1
  try {
    return await code(toScope(lane))
  } finally {
    parent.pending -= 1
    residence.lanes.delete(lane)
    scheduleTurn(residence)
  }
}

function open(residence: Residence, parent: Lane, path: string): Lane {
  const lane = createLane(path, parent)
  // A cancel of the run reaches lanes through their own signals.
  if (parent.abort.aborted) abort(lane.abort, parent.abort.reason)
  residence.lanes.add(lane)
  return lane
}

function openGroup(residence: Residence, parent: Lane, path: string, branches: readonly Branch[]) {
  return branches.map(([name, code]) => ({ name, code, lane: open(residence, parent, `${path}/${name}`) }))
}
