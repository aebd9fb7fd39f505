import type { Command } from 'commander'
import { conflictLines } from '../../cluster/change/dry-run.ts'
import { type Difference, differ, isDifferent } from '../../cluster/diff.ts'
import { namespaceLeft } from '../../cluster/namespace.ts'
import { preflight } from '../../cluster/preflight.ts'
import { type ClusterFlags, openDeployment, withCluster } from '../cluster/open-deployment.ts'
import { changeJson, changeLines, summaryOf } from '../cluster/show-change.ts'
import { drainLines } from '../cluster/show-draining.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'

/** Adds `polis diff`. */
export function addDiff(program: Command, cli: Cli): void {
  withCluster(program.command('diff'))
    .description('show what `polis apply` would change: the cluster itself is asked, and keeps nothing')
    .option('--image <image>', 'image to deploy, with its digest (default: as the project says)')
    .addHelpText('after', '\nExit code 0: nothing would change. 1: something would. Values of secrets are not shown.')
    .action(async (flags: ClusterFlags, command: Command) => {
      cli.exitCode = await diff(flags, contextOf(command, cli), cli)
    })
}

async function diff(flags: ClusterFlags, context: Context, cli: Cli): Promise<number> {
  const { api, target: whole, holdsRuns } = await openDeployment(flags, context, cli)
  const { target, left } = await namespaceLeft(api, whole)
  const { warnings } = await preflight(api, target.objects, target.namespace)
  for (const warning of [...warnings, ...left]) context.note(`warning: ${warning}`)
  const difference = await differ(api, target, { force: false, holdsRuns })
  if (context.json) context.document(toJson(difference))
  else show(difference, context)
  return isDifferent(difference) ? 1 : 0
}

function show(difference: Difference, context: Context): void {
  const { changes, conflicts, secrets, draining, warnings, unchecked } = difference
  context.print(...changes.flatMap((change) => changeLines(change, context.style)))
  const fields = conflicts.flatMap(conflictLines).map((line) => `${line}; apply needs --force-conflicts`)
  context.note(
    ...secrets.map((name) => `Secret ${name} would get random values`),
    ...fields.map(escapeText),
    ...drainLines({ draining, warnings }),
    ...(unchecked === 0
      ? []
      : [`The namespace does not exist yet: ${unchecked} objects are shown as they were rendered, unchecked`]),
    summaryOf(changes),
  )
}

function toJson({ changes, conflicts, secrets, draining, warnings, unchecked }: Difference): unknown {
  return {
    changes: changes.map(changeJson),
    ...{ conflicts, secrets, unchecked, warnings },
    draining: draining.map(({ release, holdsRuns }) => ({ release, holdsRuns: holdsRuns ?? null })),
  }
}
