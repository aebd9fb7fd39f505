import { setTimeout as delay } from 'node:timers/promises'
import type { RunView } from '../../src/core/route/wire.ts'
import { hasEnded } from '../../src/core/run.ts'
import type { BenchPolis } from '../polis.ts'
import type { Effects } from './effects.ts'
import { checkJournal, type Findings } from './findings.ts'

/** Longest that a run may take, faults and all, before it counts as lost (ms). */
const LIMIT = 120_000
const AGAIN_AFTER = 100
const PAGE = 500

/** What a lane needs. */
export interface LaneOptions {
  readonly number: number
  readonly servers: () => readonly BenchPolis[]
  readonly effects: Effects
  readonly findings: Findings
  readonly signal: AbortSignal
  readonly random: () => number
  readonly done: () => void
}

const KINDS = ['chain', 'sleeper', 'listener', 'family', 'talker'] as const

/** Submits one run after the other, until it is told to stop: what was acknowledged has to come to its end, once and in order; then it is removed. */
export async function runLane(options: LaneOptions): Promise<void> {
  let turns = 0
  for (let n = 0; !options.signal.aborted; n++) {
    const agent = KINDS[Math.floor(options.random() * KINDS.length)] ?? 'chain'
    const expected = agent === 'talker' ? turns + 1 : n
    if (await runOne(options, agent, n, expected)) turns += agent === 'talker' ? 1 : 0
    else return
    options.done()
  }
}

async function runOne(options: LaneOptions, agent: string, n: number, expected: number): Promise<boolean> {
  const { number, findings, effects } = options
  const key = `${number}-${n}`
  const session = agent === 'talker' ? { session: `lane-${number}` } : {}
  const asked = await insist(options, ({ client }) => client.runs.submit({ agent, input: { n }, ...session }, { key }))
  if (asked === undefined) return lose(findings, `submit ${key} of ${agent} was never acknowledged`)
  const { run } = asked
  if (agent === 'listener') {
    const sent = await insist(options, ({ client }) =>
      client.runs.send(run, { name: 'word', data: { n }, id: key }).then(() => true, hasArrived),
    )
    if (sent === undefined) return lose(findings, `a message to ${run} was never acknowledged`)
  }
  const ended = await untilEnded(options, run)
  if (ended === undefined) return lose(findings, `run ${run} of ${agent} did not end`)
  if (ended.status !== 'completed' || ended.output !== expected) {
    findings.wrong.push(
      `run ${run} of ${agent} ended as ${ended.status} ${JSON.stringify(ended.output)}, not with ${expected}: ${ended.reason}`,
    )
  }
  const entries = await insist(options, (polis) => readAll(polis, run))
  if (entries === undefined) return lose(findings, `the journal of ${run} was never answered`)
  const found = checkJournal(run, entries, effects.read())
  findings.gaps.push(...found.gaps)
  findings.repeated.push(...found.repeated)
  effects.forget(run)
  await insist(options, (polis) => removeFamily(polis, run))
  return true
}

// A run that is removed leaves those below it, which are runs of their own.
async function removeFamily({ client }: BenchPolis, run: string): Promise<true> {
  const children = await client.runs.list({ parent: run })
  for (const it of [...children.items.map((child) => child.run), run]) await client.runs.remove(it).catch(isGone)
  return true
}

function lose({ lost }: Findings, what: string): false {
  lost.push(what)
  return false
}

async function untilEnded(options: LaneOptions, run: string): Promise<RunView | undefined> {
  const until = Date.now() + LIMIT
  while (Date.now() < until) {
    const view = await insist(options, ({ client }) => client.runs.get(run, { wait: '10s' }))
    if (view !== undefined && view.status !== 'waiting-for-release' && hasEnded(view.status)) return view
  }
  return undefined
}

async function readAll({ client }: BenchPolis, run: string) {
  const entries = [...(await client.runs.entries(run, { limit: PAGE }))]
  while (entries.length > 0 && entries.length % PAGE === 0) {
    const more = await client.runs.entries(run, { after: entries.length, limit: PAGE })
    if (more.length === 0) break
    entries.push(...more)
  }
  return entries
}

// Asks another server where one does not answer, as a client behind a balancer would.
async function insist<T>(options: LaneOptions, ask: (polis: BenchPolis) => Promise<T>): Promise<T | undefined> {
  const until = Date.now() + LIMIT
  while (Date.now() < until) {
    const servers = options.servers()
    const polis = servers[Math.floor(options.random() * servers.length)]
    try {
      if (polis !== undefined) return await ask(polis)
    } catch {
      // It is away, or too busy, or its store is: that is what the soak is about.
    }
    await delay(AGAIN_AFTER)
  }
  return undefined
}

// Its answer was lost, and it has ended the run: whether with that message, its result tells.
function hasArrived(reason: unknown): true {
  if ((reason as { readonly code?: string }).code === 'ALREADY_ENDED') return true
  throw reason
}

// It was removed by the try before.
function isGone(reason: unknown): void {
  if ((reason as { readonly code?: string }).code !== 'NOT_FOUND') throw reason
}
