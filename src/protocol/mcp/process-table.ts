import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
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
  /** The marker in the environment that a process was started with. */
  marker(pid: number): string | undefined
  /** Tells this process from any other, now and later, as far as anyone sees it; empty where that cannot be told. */
  self(): string
}

/** The variable by which the processes of a server are known. */
export const MARKER = 'AGENTPOLIS_MCP_SERVER'

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
    marker: (pid) => MARKED.exec(read(pid, 'environ') ?? '')?.[1],
    self: () => {
      const own = readAll().find(({ pid }) => pid === process.pid)
      return own === undefined ? '' : identityOf(own, namespace())
    },
  }
}

const MARKED = new RegExp(`(?:^|\0)${MARKER}=([^\0]*)`)

/** A process as it is named in markers. Ids mean something within their namespace alone: a host sees the processes of its containers. */
export function identityOf({ pid, started }: ProcessRow, namespace: string): string {
  return `${pid}-${started}-${namespace}`
}

/** The namespace of process ids that this process lives in. */
export function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
  } catch {
    // A system without it.
    return ''
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
