import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../core/manual-clock.ts'
import { checkProviders } from './check.ts'
import type { ModelsConfig } from './config.ts'
import { calm } from './fixture.ts'
import { defineScript } from './scripted/script.ts'

/** Checks that are answered so; what was asked is in `asked`. */
async function checked(config: ModelsConfig, respond?: () => Response | Promise<Response>) {
  const asked: { url: string; headers: Headers }[] = []
  const options = {
    ...{ clock: manualClock(), signal: calm, online: respond !== undefined },
    secrets: { env: { OPENAI_API_KEY: 'k1', KEY: 'k2' }, read: async () => 'k3\n' },
    fetch: (async (url, init) => {
      asked.push({ url: String(url), headers: new Headers(init?.headers) })
      return (respond ?? assert.fail)()
    }) as typeof globalThis.fetch,
  }
  return { checks: await Array.fromAsync(checkProviders(config, options)), asked }
}

const CONFIG: ModelsConfig = {
  providers: {
    anthropic: { kind: 'anthropic', apiKey: { file: 'key.txt' } },
    azure: { kind: 'azure', resource: 'mine', apiKey: { env: 'KEY' } },
    local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1/' },
    demo: { kind: 'scripted', script: defineScript([{ say: 'hi' }]) },
  },
}

test('Each provider is told with where its key comes from, and nobody is asked', async () => {
  const { checks, asked } = await checked(CONFIG)
  assert.deepEqual(
    checks.map(({ provider, ok, detail }) => [provider, ok, detail]),
    [
      ['openai', true, 'openai, key from the environment variable OPENAI_API_KEY'],
      ['anthropic', true, 'anthropic, key from the file key.txt (models.providers.anthropic.apiKey)'],
      ['azure', true, 'azure, key from the environment variable KEY'],
      ['local', true, 'openai-compatible, no key'],
      ['demo', true, 'answers from a script of 1 rule'],
    ],
  )
  assert.equal(asked.length, 0)
})

test('A missing key is a failure that names the variable', async () => {
  const { checks } = await checked({ providers: { o: { kind: 'openai', apiKey: { env: 'GONE' } } } })
  assert.match(checks.find(({ provider }) => provider === 'o')?.detail ?? '', /GONE, which is not set/)
})

test('Online each is asked for its models, with its key where it expects it', async () => {
  const { checks, asked } = await checked(CONFIG, () => Response.json({ data: [] }))
  const keyOf = (headers: Headers) =>
    headers.get('authorization') ?? headers.get('x-api-key') ?? headers.get('api-key') ?? 'none'
  // They are asked side by side, in no order.
  assert.deepEqual(asked.map(({ url, headers }) => `${url} ${keyOf(headers)}`).sort(), [
    'http://127.0.0.1:9/v1/models none',
    'https://api.anthropic.com/v1/models k3',
    'https://api.openai.com/v1/models Bearer k1',
    'https://mine.openai.azure.com/openai/v1/models k2',
  ])
  assert.ok(checks.every(({ ok }) => ok))
})

test('A refused key, a server that is ill, and one that is not there are failures with advice', async () => {
  const one: ModelsConfig = { providers: { openai: { kind: 'openai' } } }
  const status = async (code: number) => (await checked(one, () => new Response('', { status: code }))).checks[0]
  assert.match((await status(401))?.detail ?? '', /does not accept \(401\)/)
  assert.equal((await status(404))?.ok, true)
  assert.match((await status(503))?.detail ?? '', /answers 503/)
  const gone = await checked(one, () => Promise.reject(new TypeError('fetch failed')))
  assert.match(gone.checks[0]?.detail ?? '', /cannot be reached/)
  assert.doesNotMatch(JSON.stringify(gone.checks), /k1/)
})
