import { preflight } from './preflight.ts'
import { rollbackTarget } from './revision/history.ts'
import { createRecords } from './revision/records.ts'
import type { Revision } from './revision/revision.ts'
import { type Outcome, rollOut } from './roll-out.ts'
import type { RollOutDependencies, RollOutOptions } from './roll-out-terms.ts'

/** What is gone back to. */
export interface RollBackOptions extends Omit<RollOutOptions, 'cause' | 'rollback'> {
  readonly name: string
  readonly namespace: string
  /** Number of a revision; by default the last good one before the present one. */
  readonly to: number | undefined
}

/** Brings back the objects of an earlier revision, as a new one. Rejects with NOT_FOUND where there is no such revision, and as `rollOut` does. */
export async function rollBack(
  options: RollBackOptions,
  dependencies: RollOutDependencies,
): Promise<{ readonly to: Revision; readonly outcome: Outcome }> {
  const { name, namespace, to, ...rest } = options
  const back = rollbackTarget(await createRecords(dependencies.api, { name, namespace }).list(), to)
  await preflight(dependencies.api, back.target.objects, namespace)
  const cause = { kind: 'rollback', to: back.number } as const
  // Its image or a secret may be gone: what was good until now comes back then.
  return { to: back, outcome: await rollOut(back.target, { ...rest, cause, rollback: true }, dependencies) }
}
