import { type Change, removalOf } from './change/change.ts'
import { conflictError, type DryRun, dryRun } from './change/dry-run.ts'
import { changeTo, reportKept } from './change-to.ts'
import { missingSecrets } from './generated-secret.ts'
import type { Reason } from './health/verdict.ts'
import { waitUntilHealthy } from './health/wait.ts'
import { takeLock } from './lock.ts'
import { ensureNamespace, removeIfEmpty } from './namespace.ts'
import { findPruning, type Pruning } from './prune.ts'
import { lastGood, newestOf, refuseOtherEnvironment } from './revision/history.ts'
import { createRecords, type Records } from './revision/records.ts'
import { type Revision, refuseTooLarge } from './revision/revision.ts'
import type { RollOutDependencies, RollOutOptions } from './roll-out-terms.ts'
import type { Target } from './target.ts'

/*
 * Brings a deployment to a target, and back where it does not become healthy.
 *
 * 1. Nothing is changed before the cluster has agreed to all of it (a dry run), but the namespace itself, without which it could not.
 * 2. A revision's record is written before its first object, and says how it ended only after its last.
 * 3. Every effect can be done again: whoever is killed at any point is followed by another who ends where the first would have.
 * 4. All of it happens under one lock; who loses it stops.
 * 5. Only what a record names, and what is ours, is removed; a release that may hold runs is kept.
 */

/** How it ended. */
export type Outcome =
  | { readonly kind: 'unchanged'; readonly revision: Revision }
  | { readonly kind: 'deployed'; readonly revision: Revision; readonly changes: readonly Change[] }
  | {
      readonly kind: 'failed'
      readonly revision: Revision
      readonly message: string
      /** The revision that was gone back to; undefined where there was none, or none was to be. */
      readonly restored: Revision | undefined
    }

/**
 * Changes a deployment until it is as the target says, and healthy.
 *
 * Rejects where nothing was changed (CONFLICT, INVALID_CONFIG, FORBIDDEN, …), and where the cluster cannot be reached any more: then
 * running it again goes on.
 */
export async function rollOut(
  target: Target,
  options: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<Outcome> {
  const { api, clock, report, signal } = dependencies
  refuseTooLarge(target)
  const before = await look(target, options, dependencies)
  if (before.isDone && before.present !== undefined)
    return await confirm(target, before, before.present, options, dependencies)
  const made = await ensureNamespace(api, target)
  if (made) report({ kind: 'namespace-made', namespace: target.namespace })
  const lock = await takeLock({
    ...dependencies,
    ...{ name: target.name, namespace: target.namespace },
    deadline: clock.now() + options.timeout,
    onWait: (holder) => report({ kind: 'lock-held', holder }),
  })
  const held = { ...dependencies, signal: AbortSignal.any([signal, lock.signal]) }
  try {
    const seen = await look(target, options, held).catch(async (reason: unknown) => {
      // Whatever comes of it, the reason is what counts.
      if (made) await removeIfEmpty(api, target).catch(() => {})
      throw reason
    })
    report({ kind: 'changes', changes: changesOf(seen) })
    return await underLock(target, seen, options, held)
  } finally {
    await lock.release()
  }
}

async function underLock(
  target: Target,
  seen: Sight,
  options: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<Outcome> {
  const { report } = dependencies
  const { revision, failure } = await changeTo(target, { ...options, history: seen.history }, dependencies)
  if (failure === undefined) return { kind: 'deployed', revision, changes: changesOf(seen) }
  const back = options.rollback ? lastGood(seen.history) : undefined
  // The same again would fail the same again.
  if (back === undefined || back.target.hash === target.hash)
    return { kind: 'failed', revision, message: failure, restored: undefined }
  report({ kind: 'rolling-back', to: back.number })
  const again = await changeTo(
    back.target,
    {
      ...options,
      ...{ cause: { kind: 'rollback', to: back.number }, reason: `revision ${revision.number} failed: ${failure}` },
      // What failed has set fields that are taken back.
      ...{ force: true, history: await recordsOf(target, dependencies).list() },
    },
    dependencies,
  )
  return {
    kind: 'failed',
    revision,
    message: failure,
    restored: again.failure === undefined ? again.revision : undefined,
  }
}

/** What there is, and what is to change. */
interface Sight {
  readonly dry: DryRun
  readonly history: readonly Revision[]
  readonly pruning: Pruning
  /** The newest revision. */
  readonly present: Revision | undefined
  /** Whether the cluster is as the target says already. */
  readonly isDone: boolean
}

async function look(
  target: Target,
  { force, cause }: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<Sight> {
  const { api, holdsRuns } = dependencies
  const [dry, history, secrets] = await Promise.all([
    dryRun(api, target.objects, { force }),
    recordsOf(target, dependencies).list(),
    missingSecrets(api, target),
  ])
  // Whoever goes back says which revision.
  if (!force && cause.kind === 'apply') refuseOtherEnvironment(history, target)
  if (dry.conflicts.length > 0 && !force) throw conflictError(dry.conflicts)
  const pruning = await findPruning(api, target, history, holdsRuns)
  const present = newestOf(history)
  const isSame = present?.status === 'deployed' && present.target.hash === target.hash
  const isStill =
    dry.changes.every(({ kind }) => kind === 'none') && pruning.removed.length === 0 && secrets.length === 0
  return { dry, history, pruning, present, isDone: isSame && isStill }
}

// Nothing is to be done but to see that it works.
async function confirm(
  target: Target,
  { pruning }: Sight,
  revision: Revision,
  { timeout }: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<Outcome> {
  const { clock, report } = dependencies
  const deadline = clock.now() + timeout
  const onWait = (reasons: readonly Reason[]) =>
    report({ kind: 'waiting', stage: undefined, reasons, left: deadline - clock.now() })
  const waited = await waitUntilHealthy(target.objects, { ...dependencies, deadline, onWait })
  if (waited.kind === 'healthy') {
    report({ kind: 'healthy', notes: waited.notes })
    reportKept(pruning, report)
    return { kind: 'unchanged', revision }
  }
  report({ kind: 'unhealthy', why: waited.why, reasons: waited.reasons, logs: [] })
  return { kind: 'failed', revision, message: 'nothing changed, and it is not healthy', restored: undefined }
}

function changesOf({ dry, pruning }: Sight): readonly Change[] {
  return [...dry.changes, ...pruning.removed.map(removalOf)]
}

function recordsOf(target: Target, { api }: RollOutDependencies): Records {
  return createRecords(api, target)
}
