import { isDeepStrictEqual } from 'node:util'
import type { RunView } from '../../client/index.ts'
import { parseDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { hasEnded, type RunStatus } from '../../core/run.ts'
import type { Plan } from '../../manifest/plan.ts'
import type { CliClient } from '../connection.ts'

/** A smoke run, as the project has it. */
export type SmokeRun = Plan['spec']['smoke'][number]

/** How one went. */
export interface SmokeResult {
  readonly name: string
  readonly agent: string
  /** Absent where it could not be started. */
  readonly run?: string
  readonly passed: boolean
  /** Why it did not pass. */
  readonly failure?: string
  readonly ms: number
}

/** Longest that one request waits for a run's end: proxies on the way give up on longer ones. */
const WAIT = 20_000

/** Longest that a timer of Node runs, in milliseconds: a longer one would be over at once. */
const LONGEST = 2 ** 31 - 1

/** Runs one against a deployment. It never rejects but for the signal: what goes wrong is its result. */
export async function runSmoke(
  smoke: SmokeRun,
  {
    client,
    key,
    now,
    signal,
  }: { readonly client: Pick<CliClient, 'runs'>; readonly key: string; now(): number; readonly signal: AbortSignal },
): Promise<SmokeResult> {
  const { agent, input, name = agent } = smoke
  const since = now()
  const limit = parseDuration(smoke.timeout, 'timeout')
  const end = AbortSignal.any([signal, AbortSignal.timeout(Math.min(limit, LONGEST))])
  const result = (failure: string | undefined, run?: string): SmokeResult => ({
    ...{ name, agent, passed: failure === undefined, ms: now() - since },
    ...(run === undefined ? {} : { run }),
    ...(failure === undefined ? {} : { failure }),
  })
  let started: RunView | undefined
  try {
    started = await client.runs.submit(
      { agent, ...(input === undefined ? {} : { input }), tags: { smoke: name } } as never,
      { key, signal: end },
    )
    const ended = await follow(client, started, since + limit, now, end)
    return result(failureOf(ended, smoke.expect), started.run)
  } catch (reason) {
    signal.throwIfAborted()
    const late = end.aborted ? `it had not ended after ${smoke.timeout}` : undefined
    const error = PolisError.from(reason)
    return result(late ?? `${error.code}: ${error.message}`, started?.run)
  }
}

async function follow(
  client: Pick<CliClient, 'runs'>,
  started: RunView,
  deadline: number,
  now: () => number,
  signal: AbortSignal,
): Promise<RunView> {
  let run = started
  while (!isOver(run) && now() < deadline) {
    const wait = `${Math.max(1, Math.min(WAIT, deadline - now()))}ms`
    run = await client.runs.get(run.run, { wait, signal })
  }
  return run
}

function failureOf({ status, output, error, reason }: RunView, expected: unknown): string | undefined {
  if (status !== 'completed')
    return `${status}${error === undefined ? (reason ? `: ${reason}` : '') : `: ${error.code}: ${error.message}`}`
  return expected === undefined || fits(output, expected)
    ? undefined
    : `expected ${brief(expected)}, got ${brief(output)}`
}

/** Whether a value has what is expected: of objects at least these fields, everything else exactly. */
export function fits(value: unknown, expected: unknown): boolean {
  if (!isRecord(expected)) return isDeepStrictEqual(value, expected)
  return (
    isRecord(value) &&
    Object.entries(expected).every(([key, each]) => Object.hasOwn(value, key) && fits(value[key], each))
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// `waiting-for-release` is how a queued run shows, and no status of its own.
function isOver({ status }: RunView): boolean {
  return status !== 'waiting-for-release' && hasEnded(status as RunStatus)
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
