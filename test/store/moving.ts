import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Client } from '../../src/client/index.ts'
import { linesOf, type Polis, runPolis, startPolis, until } from '../lifecycle/polis.ts'

/** The agents of a project that moves. */
export const AGENTS = {
  quick: "return context.step('one', () => 'x'.repeat(input.size), { effect: 'idempotent' })",
  naps: "await context.sleep('15s'); return context.step('up', () => { note(input.file, 'up'); return 'slept' }, { effect: 'idempotent' })",
  talks:
    "return context.ask('Well?', { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } })",
  cut: `
    await context.step('first', () => { note(input.file, 'first'); return 1 }, { effect: 'idempotent' })
    return context.step('hang', async ({ signal }) => { if (existsSync(input.flag)) return 'ok'; await sleep(600_000, undefined, { signal }) },
      { effect: 'idempotent', timeout: '20m', interruptible: true })`,
}
/** Runs of it that are over. */
export const MANY = 150

/** Runs of a project, by what became of them. */
export type Work = Readonly<Record<'quick' | 'cut' | 'naps' | 'asks' | 'waits', string>>

/** Has a server do some work, and kills it in the middle. Steps of `naps` and `cut` are noted in the file. */
export async function work(dir: string, file: string): Promise<Work> {
  await using polis = await startPolis(dir, ['dev'], { POLIS_AGENT_SUSPEND_AFTER: '0' })
  const { runs } = polis.client
  const quick = await Promise.all(
    Array.from({ length: MANY }, (_, at) =>
      runs.submit({ agent: 'quick', input: { size: at * 200 } }, { key: `quick-${at}` }),
    ),
  )
  for (const { run } of quick) await runs.get(run, { wait: '20s' })
  const cut = await runs.submit({ agent: 'cut', input: { file, flag: join(dir, 'flag') } })
  await linesOf(file, 1)
  const naps = await runs.submit({ agent: 'naps', input: { file } })
  const asks = await runs.submit({ agent: 'talks', input: {}, session: 'talk' })
  const waits = await runs.submit({ agent: 'talks', input: {}, session: 'talk' })
  const stands = async (run: string, status: string) => (await runs.get(run)).status === status
  for (const [run, status] of [
    [naps.run, 'suspended'],
    [asks.run, 'suspended'],
    [waits.run, 'blocked'],
    [cut.run, 'running'],
  ] as const) {
    await until(() => stands(run, status), `${run} to be ${status}`)
  }
  polis.signal('SIGKILL')
  await polis.ended
  return { quick: quick[0]?.run ?? '', cut: cut.run, naps: naps.run, asks: asks.run, waits: waits.run }
}

/** Sees that all of it comes to its end where it was moved to, each step once, and that its keys still stand. */
export async function assertEnds({ client }: Polis, runs: Work, file: string): Promise<void> {
  const end = (run: string) => client.runs.get(run, { wait: '30s' })
  assert.deepEqual([(await end(runs.naps)).output, (await end(runs.cut)).output], ['slept', 'ok'])
  assert.deepEqual([...(await linesOf(file, 2))].sort(), ['first', 'up'], 'G3: what was recorded is not done again')
  await answer(client, runs.asks, 'yes')
  assert.equal((await end(runs.asks)).output, 'yes')
  await until(
    async () => (await client.runs.get(runs.waits)).status === 'suspended',
    'G7: the next run of the session asks',
  )
  await answer(client, runs.waits, 'then')
  assert.equal((await end(runs.waits)).output, 'then')
  const again = await client.runs.submit({ agent: 'quick', input: { size: 0 } }, { key: 'quick-0' })
  assert.equal(again.run, runs.quick, 'G1: the key still stands for its run')
}

/** Runs a command that has to succeed; answers what it said. */
export async function succeed(
  dir: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await runPolis(dir, args, env)
  assert.equal(code, 0, stderr)
  return stdout
}

async function answer(client: Client, run: string, text: string): Promise<void> {
  const [question] = (await client.questions.list({ run })).items
  await client.runs.answer(run, question?.id ?? '', text)
}
