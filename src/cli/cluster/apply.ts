import { namespaceLeft } from '../../cluster/namespace.ts'
import { preflight } from '../../cluster/preflight.ts'
import { type Outcome, rollOut } from '../../cluster/roll-out.ts'
import type { Cli, Context } from '../context.ts'
import { changeDependencies, changeTerms } from './change-terms.ts'
import type { ChangeFlags, ClusterFlags } from './flags.ts'
import { openDeployment } from './open-deployment.ts'
import { outcomeJson, outcomeLines } from './show-outcome.ts'

/** Its options. */
export interface ApplyFlags extends ClusterFlags, ChangeFlags {
  readonly forceConflicts?: boolean
  readonly rollback: boolean
  readonly keepReleases?: boolean
}

/** Brings the deployment to the cluster, and tells how it went. Answers the exit code. */
export async function apply(flags: ApplyFlags, context: Context, cli: Cli): Promise<number> {
  const since = context.io.clock.now()
  const { api, target: whole, holdsRuns } = await openDeployment(flags, context, cli)
  const { target, left } = await namespaceLeft(api, whole)
  const found = await preflight(api, target.objects, target.namespace)
  const terms = await changeTerms({ ...flags, by: flags.by ?? found.user }, context, api)
  const keep = async () => undefined
  const dependencies = changeDependencies(context, {
    api,
    holdsRuns: flags.keepReleases ? keep : holdsRuns,
    by: terms.by,
  })
  for (const message of [...found.warnings, ...left]) dependencies.report({ kind: 'warning', message })
  const outcome = await rollOut(
    target,
    { ...terms, cause: { kind: 'apply' }, force: flags.forceConflicts ?? false, rollback: flags.rollback },
    dependencies,
  )
  return report(outcome, since, context)
}

function report(outcome: Outcome, since: number, context: Context): number {
  if (context.json) context.document(outcomeJson(outcome))
  else context.print(...outcomeLines(outcome, context, since))
  return outcome.kind === 'failed' ? 1 : 0
}
