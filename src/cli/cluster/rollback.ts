import { rollBack } from '../../cluster/roll-back.ts'
import type { Cli, Context } from '../context.ts'
import { parseWhole } from '../parse-option.ts'
import { changeDependencies, changeTerms } from './change-terms.ts'
import type { ChangeFlags, NamedFlags } from './flags.ts'
import { createHoldsRuns } from './holds-runs.ts'
import { nameDeployment, openCluster, reachOf, serviceIn } from './open-deployment.ts'
import { recordedObjects, refuseAnother } from './recorded-objects.ts'
import { outcomeJson, outcomeLines } from './show-outcome.ts'

/** Its options. */
export interface RollbackFlags extends NamedFlags, ChangeFlags {
  readonly to?: string
  readonly forceConflicts?: boolean
}

/** Brings an earlier revision back, and tells how it went. Answers the exit code. */
export async function rollback(flags: RollbackFlags, context: Context, cli: Cli): Promise<number> {
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
