import { PolisError } from '../core/error.ts'
import { redactText } from '../core/secret.ts'
import type { KubernetesObject } from '../manifest/object.ts'
import { refOf } from './api.ts'
import { changeOf } from './change/change.ts'
import { makeSecret, missingSecrets } from './generated-secret.ts'
import { logsOf } from './health/logs.ts'
import type { Reason } from './health/verdict.ts'
import { type Waited, type WaitOptions, waitUntilHealthy } from './health/wait.ts'
import { type Stage, type StageName, stagesOf } from './order.ts'
import type { Report } from './progress.ts'
import { findPruning, type Pruning } from './prune.ts'
import { removeLive } from './remove-live.ts'
import { expired, nextRevision } from './revision/history.ts'
import { createRecords, type Records } from './revision/records.ts'
import type { Revision } from './revision/revision.ts'
import type { RollOutDependencies, RollOutOptions } from './roll-out-terms.ts'
import type { Target } from './target.ts'

/** A change, as far as it came. */
export interface Changed {
  readonly revision: Revision
  /** Why it did not become healthy; undefined where it did. */
  readonly failure: string | undefined
}

/**
 * Records a revision, applies it stage by stage, waits until it is healthy, removes what it does not have, and records how it ended.
 *
 * What the cluster refuses, and what does not become healthy in time, is a failure. Rejects where the cluster cannot be reached, or the
 * signal aborts: then the record says that it is being applied still.
 */
export async function changeTo(
  target: Target,
  options: RollOutOptions & { readonly history: readonly Revision[] },
  dependencies: RollOutDependencies,
): Promise<Changed> {
  const records = createRecords(dependencies.api, target)
  const revision = await begin(target, options, records, dependencies)
  try {
    return await carryOut(target, revision, options, dependencies)
  } catch (reason) {
    dependencies.report({ kind: 'cut-off', number: revision.number })
    throw reason
  }
}

async function carryOut(
  target: Target,
  revision: Revision,
  options: RollOutOptions & { readonly history: readonly Revision[] },
  dependencies: RollOutDependencies,
): Promise<Changed> {
  const { clock, signal } = dependencies
  const records = createRecords(dependencies.api, target)
  const deadline = clock.now() + options.timeout
  const failure = await applyAll(target, options, deadline, dependencies).catch(refusal)
  // Whoever has lost the lock says nothing more.
  signal.throwIfAborted()
  if (failure !== undefined) {
    const failed: Revision = { ...revision, status: 'failed', message: failure, finishedAt: clock.now() }
    await records.write(failed)
    return { revision: failed, failure }
  }
  const all = [...options.history.filter(({ number }) => number !== revision.number), revision]
  const draining = await prune(target, all, dependencies)
  const deployed: Revision = { ...revision, status: 'deployed', finishedAt: clock.now() }
  await records.write(deployed)
  for (const old of expired([...all.slice(0, -1), deployed], draining)) await records.remove(old)
  return { revision: deployed, failure: undefined }
}

async function begin(
  target: Target,
  options: RollOutOptions & { readonly history: readonly Revision[] },
  records: Records,
  { clock, report }: RollOutDependencies,
): Promise<Revision> {
  const { cause, by, reason, commit, history } = options
  const { number, interrupted, resumed } = nextRevision(history, target, cause)
  for (const each of interrupted) await records.write({ ...each, status: 'interrupted', finishedAt: clock.now() })
  const revision: Revision = {
    ...{ number, status: 'applying', cause, by, startedAt: clock.now(), target },
    ...(reason === undefined ? {} : { reason }),
    ...(commit === undefined ? {} : { commit }),
  }
  await records.write(revision)
  const rollbackTo = cause.kind === 'rollback' ? { rollbackTo: cause.to } : {}
  report({ kind: 'revision', number, resumed: resumed !== undefined, ...rollbackTo })
  return revision
}

/** Undefined once all is healthy, else why not. */
async function applyAll(
  target: Target,
  options: RollOutOptions,
  deadline: number,
  dependencies: RollOutDependencies,
): Promise<string | undefined> {
  const stages = stagesOf(target.objects)
  const isEarly = ({ name }: Stage) => EARLY.has(name)
  for (const stage of stages.filter(isEarly)) await applyStage(stage, options, dependencies)
  await makeSecrets(target, dependencies)
  for (const stage of stages.filter((each) => !isEarly(each))) {
    await applyStage(stage, options, dependencies)
    if (!stage.gate) continue
    const before = stages.slice(0, stages.indexOf(stage) + 1).flatMap(({ objects }) => objects)
    const failure = await settle(await wait(before, deadline, dependencies, stage), dependencies)
    if (failure !== undefined) return failure
  }
  const waited = await wait(target.objects, deadline, dependencies, undefined)
  if (waited.kind === 'healthy') dependencies.report({ kind: 'healthy', notes: waited.notes })
  return await settle(waited, dependencies)
}

/** Stages without which no Secret could be made, or which its making must not pass by. */
const EARLY: ReadonlySet<StageName> = new Set(['namespace', 'quota', 'configuration'])

async function applyStage(
  { objects }: Stage,
  options: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<void> {
  for (const object of objects) await applyOne(object, options, dependencies)
}

async function makeSecrets(target: Target, { api, random, report }: RollOutDependencies): Promise<void> {
  for (const secret of await missingSecrets(api, target)) {
    await makeSecret(api, target, secret, random)
    report({ kind: 'secret-made', name: secret.name })
  }
}

async function applyOne(
  object: KubernetesObject,
  { force }: RollOutOptions,
  dependencies: RollOutDependencies,
): Promise<void> {
  const { api, report, signal } = dependencies
  signal.throwIfAborted()
  const live = await api.get(refOf(object))
  const { kind: change } = changeOf(live, await api.apply(object, { force }))
  report({ kind: 'applied', ref: refOf(object), change })
}

async function wait(
  objects: readonly KubernetesObject[],
  deadline: number,
  { api, clock, signal, report }: RollOutDependencies,
  stage: Stage | undefined,
): Promise<Waited> {
  const onWait: WaitOptions['onWait'] = (reasons) =>
    report({ kind: 'waiting', stage: stage?.name, reasons, left: deadline - clock.now() })
  return await waitUntilHealthy(objects, { api, clock, signal, deadline, onWait })
}

async function settle(waited: Waited, { api, report }: RollOutDependencies): Promise<string | undefined> {
  if (waited.kind === 'healthy') return undefined
  const why = waited.why === 'deadline' ? 'not healthy in time' : 'will not become healthy'
  report({ kind: 'unhealthy', why, reasons: waited.reasons, logs: await logsOf(api, waited.reasons) })
  // It is kept in a record that more people may read than logs.
  return redactText(`${why}: ${waited.reasons.map(brief).join('; ')}`).slice(0, 1000)
}

function brief({ ref, reason, troubles }: Reason): string {
  const [first] = troubles
  const said = first === undefined ? reason : [first.reason, first.message].filter((part) => part !== '').join(': ')
  return `${ref.kind} ${ref.name}: ${said}`
}

/** Removes what the target does not have. Answers the releases that stay for their runs. */
async function prune(
  target: Target,
  history: readonly Revision[],
  dependencies: RollOutDependencies,
): Promise<ReadonlySet<string>> {
  const { api, report, holdsRuns, signal } = dependencies
  const pruning = await findPruning(api, target, history, holdsRuns)
  const { removed, draining } = pruning
  for (const live of removed) {
    signal.throwIfAborted()
    if (await removeLive(api, live)) report({ kind: 'removed', ref: refOf(live) })
  }
  reportKept(pruning, report)
  return new Set(draining.map(({ release }) => release))
}

/** Says which old releases stay, and how sure that is. */
export function reportKept({ draining, warnings }: Pruning, report: Report): void {
  for (const message of warnings) report({ kind: 'warning', message })
  if (draining.length > 0) report({ kind: 'draining', releases: draining })
}

// What the cluster says no to is a failure of the revision; that it cannot be asked is none.
function refusal(reason: unknown): string {
  const error = PolisError.from(reason)
  if (!(reason instanceof PolisError) || error.retryable || error.code === 'UNAUTHENTICATED') throw reason
  return error.message
}
