import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Models } from '../../core/model.ts'
import { checkProviders, type ProviderCheck } from '../../model/check.ts'
import { createModels } from '../../model/create-models.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import { ADVICE } from '../advice.ts'
import type { Io } from '../io.ts'
import type { Check } from './check.ts'

/** How models are checked; `online` asks the providers themselves. */
export interface ModelCheckOptions {
  readonly env: Io['env']
  readonly clock: Clock
  readonly online: boolean
  readonly fetch?: typeof globalThis.fetch
}

const TIMEOUT = 15_000

/** Checks the providers of models of a project: their keys and, online, that they answer, all within 15 s; and whom its agents ask. */
export async function* checkModels(project: Project, options: ModelCheckOptions): AsyncGenerator<Check> {
  yield* checkKeys(project, options)
  yield* checkAsked(project, options)
}

async function* checkKeys({ dir, models }: Project, options: ModelCheckOptions): AsyncGenerator<Check> {
  const { env, clock, online, fetch = globalThis.fetch } = options
  const late = new AbortController()
  const cancel = clock.setTimer(clock.now() + TIMEOUT, () => late.abort())
  const secrets = { env, read: (file: string) => readFile(resolve(dir, file), 'utf8') }
  try {
    for await (const check of checkProviders(models, { clock, secrets, fetch, online, signal: late.signal })) {
      yield judge(check)
    }
  } finally {
    cancel()
  }
}

function judge({ provider, ok, detail, advice }: ProviderCheck): Check {
  const base = { area: 'models', name: `provider ${provider}`, status: ok ? 'ok' : 'fail', detail } as const
  return advice === undefined ? base : { ...base, advice }
}

function* checkAsked({ dir, models, agents }: Project, { env, clock }: ModelCheckOptions): Generator<Check> {
  const known = createModels(models, { env, cwd: dir, clock, log: silentLog, metrics: silentMetrics })
  for (const [agent, { definition }] of agents) {
    if (definition.loop !== undefined) yield whomItAsks(known, agent, definition.loop.model)
  }
}

function whomItAsks(models: Models, agent: string, names: readonly string[]): Check {
  const base = { area: 'models', name: `agent ${agent}` } as const
  try {
    const chain = names.flatMap((name) => models.chain(name))
    const detail = `asks ${chain.join(', then ')}`
    const unpriced = chain.filter((model) => models.describe(model).price === undefined)
    if (unpriced.length === 0) return { ...base, status: 'ok', detail }
    const advice = 'Give it in models.prices, so that costs are told and budgets of money hold'
    return { ...base, status: 'warn', detail: `${detail}; the price of ${unpriced.join(', ')} is not known`, advice }
  } catch (reason) {
    const { message, code } = PolisError.from(reason)
    return { ...base, status: 'fail', detail: message, advice: ADVICE[code] }
  }
}
