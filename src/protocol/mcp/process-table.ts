import { readdirSync, readFileSync } from 'node:fs'
import type { Clock } from '../../core/clock.ts'

/** A process as the kernel tells of it. `started` tells it from a later one with the same id. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly started: string
}

/** The processes of this machine, as far as we may see them; empty on systems without `/proc`. */
export interface ProcessTable {
  /** Read at most so many milliseconds ago. */
  rows(age: number): readonly ProcessRow[]
  /** Bytes that a process has in memory; 0 when it is gone. */
  memory(pid: number): number
  /** Whether a process was started with that text in its environment. */
  isMarked(pid: number, marker: string): boolean
}

/** A table that everyone who asks at the same time shares, since reading it looks at every process. */
export function createProcessTable(clock: Clock): ProcessTable {
  let known: readonly ProcessRow[] = []
  let readAt = Number.NEGATIVE_INFINITY
  return {
    rows: (age) => {
      if (clock.now() - readAt < age) return known
      known = readAll()
      readAt = clock.now()
      return known
    },
    memory: (pid) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status') ?? '')?.[1] ?? 0) * 1024,
    isMarked: (pid, marker) => read(pid, 'environ')?.includes(marker) ?? false,
  }
}

function readAll(): readonly ProcessRow[] {
  return list().flatMap((pid) => {
    // The name in brackets may hold anything; what follows the last bracket is numbers.
    const stat = read(pid, 'stat')
    const [state, parent, group, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    if (stat === undefined || state === 'Z') return []
    return [{ pid, parent: Number(parent), group: Number(group), started: rest[STARTED] ?? '' }]
  })
}

// Field 22 of proc_pid_stat(5), of which the first five come before `rest`.
const STARTED = 16

function list(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    // A system without it.
    return []
  }
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    // It has ended since it was listed, or is not ours to look at.
    return undefined
  }
}
