import type { Command } from 'commander'
import { namespaceLeft } from '../../cluster/namespace.ts'
import { preflight } from '../../cluster/preflight.ts'
import { type Outcome, rollOut } from '../../cluster/roll-out.ts'
import { type ChangeFlags, changeDependencies, changeTerms } from '../cluster/change-terms.ts'
import { type ClusterFlags, openDeployment, withCluster } from '../cluster/open-deployment.ts'
import { outcomeJson, outcomeLines } from '../cluster/show-outcome.ts'
import { type Cli, type Context, contextOf } from '../context.ts'

interface ApplyFlags extends ClusterFlags, ChangeFlags {
  readonly forceConflicts?: boolean
  readonly rollback: boolean
  readonly keepReleases?: boolean
}

/** Adds `polis apply`. */
export function addApply(program: Command, cli: Cli): void {
  withCluster(program.command('apply'))
    .description(
      'bring the deployment to a cluster, wait until it is healthy, and go back by itself where it does not become so',
    )
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .option('--timeout <time>', 'time to become healthy (default: 10m)')
    .option('--no-rollback', 'leave what does not become healthy as it is')
    .option('--force-conflicts', 'take over fields that others have set')
    .option('--keep-releases', 'leave the workers of old releases, whether they hold runs or not')
    .option('--by <who>', 'who applies it (default: the user of the cluster)')
    .option('--reason <text>', 'why, for the history')
    .addHelpText('after', NOTES)
    .action(async (flags: ApplyFlags, command: Command) => {
      cli.exitCode = await apply(flags, contextOf(command, cli), cli)
    })
}

const NOTES = `
The workers of an old release stay until no run of it is left. The deployment is asked with --api-key (POLIS_API_KEY),
at --url or by way of the cluster's API, over all tenants: the key needs the scope releases:read. Exit code 1: it is not healthy.
What is interrupted goes on when it is run again.`

async function apply(flags: ApplyFlags, context: Context, cli: Cli): Promise<number> {
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
