import type { DecodedEntry, EntryBody, RecordedError } from '../../core/entry.ts'
import { PolisError, type SerializedError } from '../../core/error.ts'
import { DEFAULT_TENANT } from '../../core/id.ts'
import { decode } from '../../core/json.ts'
import type { RunRecord } from '../../core/run.ts'
import { decodeEntry } from '../../engine/journal-entry.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import type { TestRun, TestStep } from './test-run.ts'
import type { World } from './world.ts'

/** Reads what a played run came to from the journals that it left. */
export async function collect(world: World, ended: RunRecord): Promise<TestRun> {
  await using store = openMemoryStore({ clock: world.clock, state: world.state })
  const runs = await Promise.all(
    world.paths.runs().map(async (run) => {
      const entries = await store.journal.read(DEFAULT_TENANT, run, 0, Number.MAX_SAFE_INTEGER)
      return { run, entries: await Promise.all(entries.map((entry) => decodeEntry(store.blob, entry))) }
    }),
  )
  const chain = chainOf(world)
  const entries = chain.flatMap((run) => runs.find((other) => other.run === run)?.entries ?? [])
  const session = ended.session === undefined ? undefined : await store.index.session(DEFAULT_TENANT, ended.session)
  const { output, error } = resultOf(entries.at(-1))
  return {
    run: chain[0] ?? ended.run,
    // A run that was continued is followed to the one that was not.
    status: ended.status as TestRun['status'],
    get output() {
      if (ended.status !== 'completed') throw unfinished(ended, error)
      return output
    },
    error,
    entries,
    steps: stepsOf(world, runs),
    emitted: entries.flatMap(({ kind, data }) =>
      kind === 'event-emitted' ? [{ name: data.name, data: data.data }] : [],
    ),
    session: session === undefined ? undefined : decode(session.state),
    timeSkipped: world.skipped,
    crashes: world.crashes,
  }
}

function chainOf({ paths }: World): readonly string[] {
  const chain = paths.runs().slice(0, 1)
  for (let last = chain[0]; last !== undefined; ) {
    last = paths.next(last)
    if (last !== undefined) chain.push(last)
  }
  return chain
}

function resultOf(last: DecodedEntry | undefined): { readonly output?: unknown; readonly error?: RecordedError } {
  switch (last?.kind) {
    case 'run-completed':
      return { output: last.data.output }
    case 'run-failed':
      return { error: last.data.error }
    case 'run-cancelled':
      return { error: { code: 'CANCELLED', message: last.data.reason } }
    case 'run-dead':
      return { error: last.data.error ?? { code: 'WORKER_LOST', message: last.data.reason } }
    case 'run-diverged': {
      const { expected, found, at } = last.data
      return { error: { code: 'DIVERGED', message: `Replay expected ${expected} (entry ${at}) and found ${found}` } }
    }
    default:
      return {}
  }
}

function unfinished({ agent, status }: RunRecord, error: RecordedError | undefined): PolisError {
  const reason = error === undefined ? '' : `: ${error.code}: ${error.message}`
  // The engine writes errors of the closed list; a newer code reads as INTERNAL.
  const { code } = PolisError.fromJSON((error ?? { code: 'RUN_FAILED', message: '' }) as SerializedError)
  return new PolisError(code, `The run of ${agent} ${status}${reason}`)
}

function stepsOf(
  { paths, calls }: World,
  runs: readonly { readonly run: string; readonly entries: readonly DecodedEntry[] }[],
): ReadonlyMap<string, TestStep> {
  const steps = new Map<string, TestStep>()
  for (const { run, entries } of runs) {
    for (const { kind, data } of entries) {
      const body = { kind, ...data } as EntryBody // The entry's kind says what its data is.
      const change = changeOf(body)
      if (change === undefined || !('id' in body)) continue
      const id = paths.id(run, body.id)
      const before = steps.get(id) ?? { status: 'open', attempts: 1, executed: calls.get(id)?.count ?? 0 }
      steps.set(id, { ...before, ...change })
    }
  }
  return steps
}

function changeOf(body: EntryBody): (Partial<TestStep> & Pick<TestStep, 'kind'>) | undefined {
  switch (body.kind) {
    case 'step-started':
    case 'step-retrying':
      return { kind: 'step', attempts: body.attempt }
    case 'step-completed':
      return { kind: 'step', status: 'completed', attempts: body.attempt, output: body.output }
    case 'step-failed':
      return { kind: 'step', status: 'failed', attempts: body.attempt, error: body.error }
    case 'child-started':
      return { kind: 'child' }
    case 'child-completed':
      return { kind: 'child', status: 'completed', output: body.output }
    case 'child-failed':
      return { kind: 'child', status: 'failed', error: body.error }
    case 'question-asked':
      return { kind: 'question' }
    case 'question-answered':
      return { kind: 'question', status: 'completed', output: body.answer }
    case 'question-expired':
      return { kind: 'question', status: 'failed' }
    case 'message-awaited':
      return { kind: 'message' }
    case 'message-received':
      return { kind: 'message', status: 'completed', output: body.data }
    case 'message-expired':
      return { kind: 'message', status: 'failed' }
    default:
      return undefined
  }
}
