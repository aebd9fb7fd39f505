import type { Command } from 'commander'
import { rollBack } from '../../cluster/roll-back.ts'
import { type ChangeFlags, changeDependencies, changeTerms } from '../cluster/change-terms.ts'
import { createHoldsRuns } from '../cluster/holds-runs.ts'
import {
  type NamedFlags,
  nameDeployment,
  openCluster,
  reachOf,
  serviceIn,
  withName,
} from '../cluster/open-deployment.ts'
import { recordedObjects, refuseAnother } from '../cluster/recorded-objects.ts'
import { outcomeJson, outcomeLines } from '../cluster/show-outcome.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { parseWhole } from '../parse-option.ts'

interface RollbackFlags extends NamedFlags, ChangeFlags {
  readonly to?: string
  readonly forceConflicts?: boolean
}

/** Adds `polis rollback`. */
export function addRollback(program: Command, cli: Cli): void {
  withName(program.command('rollback'))
    .description('bring back an earlier revision, as a new one; the project itself is not needed')
    .option('--to <number>', 'this revision (default: the good one before the present one)')
    .option('--timeout <time>', 'time to become healthy (default: 10m)')
    .option('--force-conflicts', 'take over fields that others have set')
    .option('--by <who>', 'who rolls back (default: the user of the cluster)')
    .option('--reason <text>', 'why, for the history')
    .action(async (flags: RollbackFlags, command: Command) => {
      cli.exitCode = await rollback(flags, contextOf(command, cli), cli)
    })
}

async function rollback(flags: RollbackFlags, context: Context, cli: Cli): Promise<number> {
  const since = context.io.clock.now()
  const to = flags.to === undefined ? undefined : parseWhole(flags.to, '--to', 1, 1e9)
  const [named, api] = await Promise.all([nameDeployment(flags, context, cli), openCluster(flags, context, cli)])
  if (!flags.forceConflicts) await refuseAnother(api, named)
  const terms = await changeTerms(flags, context, api)
  const service = serviceIn(await recordedObjects(api, named))
  const holdsRuns = createHoldsRuns(reachOf(context, api, service))
  const dependencies = changeDependencies(context, { api, holdsRuns, by: terms.by })
  const { outcome } = await rollBack({ ...terms, ...named, to, force: flags.forceConflicts ?? false }, dependencies)
  if (context.json) context.document(outcomeJson(outcome))
  else context.print(...outcomeLines(outcome, context, since))
  return outcome.kind === 'failed' ? 1 : 0
}
