import { hasEnded } from '../../core/run.ts'
import type { RunRow } from '../transfer-row.ts'

/**
 * Restored epochs are so much higher: further than the original can have come since the export by claims of its own, so that a worker
 * of the original that finds the restored store in its place is fenced (G2).
 */
const EPOCH_LEAP = 1_000_000

/** The run as it is restored: one that has not ended is held by nobody, under an epoch that no worker of the original ever had. */
export function revive(row: RunRow): RunRow {
  const { worker, reason, ...record } = row.record
  if (hasEnded(record.status)) return row
  const epoch = record.epoch + EPOCH_LEAP
  if (record.status === 'running') return { ...row, record: { ...record, status: 'queued', epoch } }
  return { ...row, record: { ...row.record, epoch } }
}
