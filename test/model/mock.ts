/** aimock as a provider of every kind: each fault fails so many requests with its text, and then the answer comes. */
import { type Fixture, type JournalEntry, LLMock } from '@copilotkit/aimock'
import type { ModelsConfig, ProviderConfig } from '../../src/model/config.ts'
import { defineScript } from '../../src/model/scripted/script.ts'

/** What can go wrong, and how aimock does it. */
export const FAULTS = {
  'rate-limit': { response: { error: { message: 'Slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 2 } },
  'server-error': { response: { error: { message: 'Out of order', type: 'server_error' }, status: 500 } },
  malformed: { chaos: { malformedRate: 1 } },
  disconnect: { chaos: { disconnectRate: 1 } },
  cut: { truncateAfterChunks: 4, latency: 5 },
  slow: {},
} as const satisfies Readonly<Record<string, Partial<Fixture>>>

export type Fault = keyof typeof FAULTS

/** The providers of the matrix, by their names. */
export const PROVIDERS = ['openai', 'anthropic', 'azure', 'local', 'demo'] as const

export const ANSWER = 'The lights are green again, all of them.'
const USAGE = { input_tokens: 21, output_tokens: 9, prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 }

/** A server that is told per text how often to fail. */
export interface Mock extends AsyncDisposable {
  readonly config: ModelsConfig
  /** From now on the next so many requests fail so. */
  fail(fault: Fault, times: number): void
  /** Whether a request that is not going to be answered is under way. */
  hangs(): boolean
  /** How many requests came since `fail`. */
  requests(): number
  /** What became of those that were answered. */
  journal(): readonly JournalEntry[]
}

export const KEY = 'sk-test-0123456789abcdef'

/** Starts it on a free port. */
export async function startMock(): Promise<Mock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 4 })
  const answer = { content: ANSWER, usage: USAGE }
  const held = new Set<() => void>()
  let current: Fault = 'slow'
  let left = 0
  let requests = 0
  // Answered once nobody waits for it any more.
  const hold = () => new Promise<typeof answer>((resolve) => held.add(() => resolve(answer)))
  const release = () => {
    for (const resolve of held) resolve()
    held.clear()
  }
  // Asked of every request, and never takes one. Whoever asks again has given up what he waited for.
  const count = () => {
    release()
    return ++requests < 0
  }
  mock.addFixture({ match: { predicate: count }, response: answer })
  for (const [fault, fixture] of Object.entries(FAULTS)) {
    const predicate = () => current === fault && left-- > 0
    const response = fault === 'slow' ? hold : answer
    mock.addFixture({ response, ...fixture, match: { predicate } } as Fixture)
  }
  mock.addFixture({ match: {}, response: answer })
  const url = await mock.start()
  return {
    config: configOf(url),
    fail(fault, times) {
      release()
      current = fault
      left = times
      requests = 0
      mock.clearRequests()
    },
    hangs: () => held.size > 0,
    requests: () => requests,
    journal: () => mock.getRequests(),
    [Symbol.asyncDispose]: () => {
      release()
      return mock.stop()
    },
  }
}

function configOf(url: string): ModelsConfig {
  const common = {
    ...{
      baseUrl: `${url}/v1`,
      apiKey: { env: 'MOCK_KEY' },
      timeouts: { total: '20s', firstToken: '5s', betweenTokens: '5s' },
    },
    breaker: { failures: 1000 },
  } as const
  const script = defineScript([
    { when: { text: 'rate-limit once' }, fault: { kind: 'rate-limit', retryAfter: 2000, times: 1 }, say: ANSWER },
    { when: { text: 'server-error once' }, fault: { kind: 'overloaded', times: 1 }, say: ANSWER },
    { when: { text: 'malformed once' }, fault: { kind: 'malformed', times: 1 }, say: ANSWER },
    { when: { text: 'disconnect once' }, fault: { kind: 'cut', times: 1 }, say: ANSWER },
    { when: { text: 'cut once' }, fault: { kind: 'cut', times: 1 }, say: ANSWER },
    { when: { text: 'slow once' }, fault: { kind: 'slow', times: 1 }, say: ANSWER },
    { say: ANSWER },
  ])
  const providers: Record<(typeof PROVIDERS)[number], ProviderConfig> = {
    openai: { kind: 'openai', ...common },
    anthropic: { kind: 'anthropic', ...common },
    azure: { kind: 'azure', ...common },
    local: { kind: 'openai-compatible', ...common },
    demo: { kind: 'scripted', script, timeouts: common.timeouts, breaker: common.breaker },
  }
  const price = { input: 2, output: 10 }
  const names = PROVIDERS.filter((name) => name !== 'demo').map((name) => `${name}/m`)
  return { providers, prices: Object.fromEntries(names.map((name) => [name, price])) }
}
