/**
 * Role: knows all processes that one server has started, to watch their memory and to end them.
 * Boundary: the kernel's table of processes; the server's own process is started and ended by its owner.
 * Invariants:
 * 1. Nobody is signalled who was not seen to belong to the server: by its process group, by a parent that does, or by the marker in
 *    the environment that it inherited; a process that has got a dead one's id is told by when it started.
 * 2. After `end()` none of those is left, as far as the kernel lets us: a family that starts processes faster than they are ended is
 *    given up after some rounds.
 */
import type { Clock } from '../../core/clock.ts'
import type { ProcessRow, ProcessTable } from './process-table.ts'

/** The processes of one server. */
export interface ProcessFamily {
  /** Looks no more, and ends all of them. */
  end(): void
}

/** What a family is told by, and what it may use. */
export interface FamilyOptions {
  /** The server's own process, which leads its group. */
  readonly pid: number
  /** A text in the environment that nothing else has. */
  readonly marker: string
  /** Bytes that all together may have in memory. */
  readonly memoryLimit: number
  /** Told once that they have more. */
  readonly onTooMuch: (bytes: number) => void
}

/** How often a family is looked at, in milliseconds. */
const INTERVAL = 500
const MOST_ROUNDS = 10

/** Watches a family until it is ended. */
export function watchFamily(options: FamilyOptions, table: ProcessTable, clock: Clock): ProcessFamily {
  const { pid, marker, memoryLimit, onTooMuch } = options
  /** Those that were seen, by id, with when they started. */
  const seen = new Map<number, string>()
  let cancel = () => {}
  const look = () => {
    const family = membersOf(pid, seen, table.rows(INTERVAL / 2))
    seen.clear()
    for (const { pid: member, started } of family) seen.set(member, started)
    const bytes = family.reduce((sum, { pid: member }) => sum + table.memory(member), 0)
    if (bytes > memoryLimit) return onTooMuch(bytes)
    if (family.length > 0) watch()
  }
  const watch = () => {
    cancel = clock.setTimer(clock.now() + INTERVAL, look)
  }
  watch()
  return {
    end: () => {
      cancel()
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const rows = table.rows(0)
        const family = new Set(membersOf(pid, seen, rows).map((row) => row.pid))
        const left = rows.filter((row) => family.has(row.pid) || table.marker(row.pid) === marker)
        if (left.length === 0) return
        for (const row of left) {
          seen.set(row.pid, row.started)
          kill(row.pid)
        }
      }
    },
  }
}

/** The group, those seen before that still run, and everyone below them. */
export function membersOf(
  leader: number,
  seen: ReadonlyMap<number, string>,
  rows: readonly ProcessRow[],
): readonly ProcessRow[] {
  const isKnown = ({ pid, group, started }: ProcessRow) => group === leader || seen.get(pid) === started
  const members = new Map(rows.filter(isKnown).map((row) => [row.pid, row]))
  for (let before = -1; before !== members.size; ) {
    before = members.size
    for (const row of rows) if (members.has(row.parent)) members.set(row.pid, row)
  }
  return [...members.values()]
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
