import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../src/client/index.ts'
import type { ModelDelta } from '../../src/core/model.ts'
import { startPolis } from '../lifecycle/polis.ts'
import { type ModelServer, TOKENS_PER_CALL } from './model.ts'
import type { Service } from './service.ts'

const LIMIT = 20_000

/** A run of an example that is killed in the middle. */
export interface Killed {
  /** Folder of the example. */
  readonly dir: string
  readonly agent: string
  readonly input: unknown
  readonly model: ModelServer
  readonly service: Service
  readonly env: Readonly<Record<string, string>>
  /** The answer to the one question that the run asks; none: it asks nothing. */
  readonly answer?: unknown
}

/**
 * Runs an agent in a real process, kills that with SIGKILL while the first request of a tool is under way, and lets another process
 * bring the run to its end. Answers its output, and the
 * text that the model streamed meanwhile. All calls of the model are booked, and none twice.
 */
export async function runKilled({
  dir,
  agent,
  input,
  model,
  service,
  env,
  answer,
}: Killed): Promise<{ readonly output: unknown; readonly streamed: string }> {
  const store = mkdtempSync(join(tmpdir(), 'polis-adapter-'))
  // The example finds `agentpolis` as this repository's tests do.
  const all = {
    ...model.env,
    ...env,
    POLIS_STORE_PATH: join(store, 'store.db'),
    NODE_OPTIONS: '--conditions=polis-source',
  }
  try {
    const inTool = service.holdNext()
    await using first = await startPolis(dir, ['dev'], all)
    const { run } = await first.client.runs.submit({ agent, input })
    const early = first.client.runs
      .get(run, { wait: '20s' })
      .then(({ status, error }) => `${status} ${error?.message ?? ''}`)
    assert.equal(await Promise.race([inTool, early]), undefined, 'it came to a request of a tool')
    early.catch(() => {})
    first.signal('SIGKILL')
    await first.ended
    service.release()
    await using second = await startPolis(dir, ['dev'], all)
    const streamed = await follow(second.client, run, answer)
    const view = await second.client.runs.get(run, { wait: '20s' })
    assert.equal(view.status, 'completed', view.error?.message ?? 'it did not')
    await assertBooked(second.client, model.calls())
    return { output: view.output, streamed }
  } finally {
    rmSync(store, { recursive: true })
  }
}

/** Follows a run to its end, and answers what it asks. */
async function follow(client: Client, run: string, answer: unknown): Promise<string> {
  let streamed = ''
  for await (const event of client.runs.follow(run, { signal: AbortSignal.timeout(LIMIT) })) {
    if (event.kind === 'question-asked') await client.runs.answer(run, event.data.id, answer)
    if (event.kind !== 'delta') continue
    const { type, text } = event.data as ModelDelta
    if (type === 'text') streamed += text
  }
  return streamed
}

async function assertBooked(client: Client, calls: number): Promise<void> {
  const { total } = await client.costs.list()
  assert.deepEqual(
    { calls: total.calls, tokens: total.tokens, unpriced: total.unpriced, assumed: total.assumed.calls },
    { calls, tokens: calls * TOKENS_PER_CALL, unpriced: 0, assumed: 0 },
  )
}
