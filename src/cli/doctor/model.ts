import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { checkProviders, type ProviderCheck } from '../../model/check.ts'
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

/** Checks the providers of models of a project: their keys and, online, that they answer, all within 15 s. */
export async function* checkModels({ dir, models }: Project, options: ModelCheckOptions): AsyncGenerator<Check> {
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
