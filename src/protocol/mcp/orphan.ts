import type { Log } from '../../telemetry/log.ts'
import { identityOf, namespace, type ProcessRow, type ProcessTable } from './process-table.ts'

/**
 * Ends processes of servers whose owner was killed before it could end them. Most notice that their input was closed; these did not.
 */
export function endOrphans(table: ProcessTable, log: Log): void {
  for (const pid of findOrphans(table, namespace())) {
    try {
      process.kill(pid, 'SIGKILL')
      log.warn({ pid }, 'Ended a process of an MCP server that had outlived the process which started it')
    } catch {
      // It has ended by itself.
    }
  }
}

/** Processes with the marker of an owner of this namespace that does not run any more. */
export function findOrphans(table: Pick<ProcessTable, 'rows' | 'marker'>, here: string): readonly number[] {
  if (here === '') return []
  const rows = table.rows(0)
  const alive = new Set(rows.map((row: ProcessRow) => identityOf(row, here)))
  return rows.flatMap(({ pid }) => {
    const [owner = ''] = table.marker(pid)?.split('/') ?? []
    return owner.endsWith(`-${here}`) && !alive.has(owner) ? [pid] : []
  })
}
