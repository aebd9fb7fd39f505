import type { RunView } from '../core/route/wire.ts'
import type { CliClient, Purpose } from './connection.ts'
import type { Context } from './context.ts'
import { paintRunStatus } from './show-run.ts'
import { escapeText } from './terminal/escape.ts'

/** Does something to a run, and prints its id and how it stands then. */
export async function actOnRun(
  context: Context,
  act: (client: CliClient) => Promise<RunView>,
  purpose: Purpose = 'look',
): Promise<void> {
  const run = await context.connected(purpose, act)
  if (context.json) return context.document(run)
  const reason = run.reason === undefined ? '' : `  ${escapeText(run.reason)}`
  context.print(`${escapeText(run.run)}  ${paintRunStatus(run.status, context.style)}${reason}`)
}
