import { conflictLines } from '../../cluster/change/dry-run.ts'
import { type Difference, differ, isDifferent } from '../../cluster/diff.ts'
import { namespaceLeft } from '../../cluster/namespace.ts'
import { preflight } from '../../cluster/preflight.ts'
import type { Cli, Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import type { ClusterFlags } from './flags.ts'
import { openDeployment } from './open-deployment.ts'
import { changeJson, changeLines, summaryOf } from './show-change.ts'
import { drainLines } from './show-draining.ts'

/** Shows what `polis apply` would change. Answers the exit code. */
export async function diff(flags: ClusterFlags, context: Context, cli: Cli): Promise<number> {
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
