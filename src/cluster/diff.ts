import type { ClusterApi } from './api.ts'
import { type Change, removalOf } from './change/change.ts'
import { dryRun, type ObjectConflict } from './change/dry-run.ts'
import { missingSecrets } from './generated-secret.ts'
import { type DrainingRelease, findPruning, type HoldsRuns } from './prune.ts'
import { createRecords } from './revision/records.ts'
import type { Target } from './target.ts'

/** What applying a target would change. */
export interface Difference {
  /** Of every object, those that do not change left out. */
  readonly changes: readonly Change[]
  readonly conflicts: readonly ObjectConflict[]
  /** Secrets that would get random values. */
  readonly secrets: readonly string[]
  /** Old releases that would stay for their runs. */
  readonly draining: readonly DrainingRelease[]
  /** How sure it is which old releases would go. */
  readonly warnings: readonly string[]
  /** How many objects are shown as rendered, since their namespace does not exist: nobody could be asked about them. */
  readonly unchecked: number
}

/** Asks the cluster what applying a target would change. Rejects as `dryRun` does. */
export async function differ(
  api: ClusterApi,
  target: Target,
  options: { readonly force: boolean; readonly holdsRuns: HoldsRuns },
): Promise<Difference> {
  const [dry, history, secrets] = await Promise.all([
    dryRun(api, target.objects, options),
    createRecords(api, target).list(),
    missingSecrets(api, target),
  ])
  const { removed, draining, warnings } = await findPruning(api, target, history, options.holdsRuns)
  return {
    changes: [...dry.changes.filter(({ kind }) => kind !== 'none'), ...removed.map(removalOf)],
    conflicts: dry.conflicts,
    secrets: secrets.map(({ name }) => name),
    ...{ draining, warnings },
    unchecked: dry.unchecked.length,
  }
}

/** Whether anything would change. */
export function isDifferent({ changes, conflicts, secrets }: Difference): boolean {
  return changes.length + conflicts.length + secrets.length > 0
}
