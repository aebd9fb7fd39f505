import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { parseConfig } from './config.ts'

const BAD: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', undefined, /^c\.ts: expected an object of options, got nothing/],
  ['a list', [], /^c\.ts: expected an object of options, got a list/],
  ['a mistyped option', { server: {} }, /^c\.ts: server: unknown option; did you mean 'servers'\?/],
  [
    'settings of the wrong type',
    { settings: 3 },
    /^c\.ts: settings: expected an object of settings by dotted name, got 3/,
  ],
  ['a server without anything', { servers: { files: {} } }, /^c\.ts: servers\.files: expected command .* or url/],
  ['a mistyped server option', { servers: { files: { command: 'x', arg: [] } } }, /servers\.files\.arg: .*args/],
  ['a bad server name', { servers: { 'a b': { command: 'x' } } }, /^c\.ts: servers\.a b: expected the name to be/],
  [
    'a schedule without agent',
    { schedules: { a: { cron: '@daily' } } },
    /schedules\.a\.agent: expected an agent's name, got nothing/,
  ],
  [
    'a bad cron',
    { schedules: { a: { agent: 'x', cron: 'often' } } },
    /schedules\.a\.cron: expected a cron .*got 'often'/,
  ],
  ['a cron that never comes', { schedules: { a: { agent: 'x', cron: '0 0 31 2 *' } } }, /schedules\.a\.cron/],
  [
    'a bad time zone',
    { schedules: { a: { agent: 'x', cron: '@daily', timeZone: 'Mars' } } },
    /timeZone: .*Europe\/Berlin.*'Mars'/,
  ],
  [
    'a bad missed',
    { schedules: { a: { agent: 'x', cron: '@daily', missed: 'no' } } },
    /missed: expected 'skip', 'once' or 'all', got 'no'/,
  ],
  [
    'an input that is no JSON',
    { schedules: { a: { agent: 'x', cron: '@daily', input: { f: () => 1 } } } },
    /schedules\.a\.input/,
  ],
  [
    'a mistyped schedule option',
    { schedules: { a: { agent: 'x', cron: '@daily', timezone: 'UTC' } } },
    /schedules\.a\.timezone: unknown option; did you mean 'timeZone'\?/,
  ],
  [
    'a limit of none',
    { limits: { tenant: { concurrency: 0 } } },
    /limits\.tenant\.concurrency: expected a whole number of 1 or more, got 0/,
  ],
  [
    'a provider without a kind',
    { models: { providers: { local: { baseUrl: 'http://127.0.0.1:1/v1' } } } },
    /models\.providers\.local\.kind: expected a kind: openai, anthropic, azure, openai-compatible, scripted/,
  ],
  [
    'a provider of another kind',
    { models: { providers: { local: { kind: 'ollama' } } } },
    /models\.providers\.local\.kind: expected a kind: openai.*got 'ollama'/,
  ],
  [
    'a key in plain sight',
    {
      models: {
        providers: {
          openai: { kind: 'openai', apiKey: 'sk-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' },
        },
      },
    },
    /^c\.ts: models\.providers\.openai\.apiKey: expected \{ env: 'NAME' \} or .*: a key does not belong into the project file, got a text of 67 characters$/,
  ],
  [
    'a compatible provider without an address',
    { models: { providers: { local: { kind: 'openai-compatible' } } } },
    /models\.providers\.local\.baseUrl: expected a URL .*got nothing/,
  ],
  [
    'an Azure provider without an address',
    { models: { providers: { az: { kind: 'azure' } } } },
    /models\.providers\.az: expected resource, .* or baseUrl/,
  ],
  [
    'an address with a key in it',
    { models: { providers: { o: { kind: 'openai', baseUrl: 'http://x/v1?token=abcdef' } } } },
    /models\.providers\.o\.baseUrl: expected a URL .* or query .*, got 'http:\/\/x\/v1\?token=\[redacted\]'$/,
  ],
  [
    'a mistyped provider option',
    { models: { providers: { o: { kind: 'openai', baseURL: 'http://x' } } } },
    /models\.providers\.o\.baseURL: unknown option; did you mean 'baseUrl'\?/,
  ],
  [
    'a mistyped timeout',
    { models: { providers: { o: { kind: 'openai', timeouts: { first: '1s' } } } } },
    /models\.providers\.o\.timeouts\.first: unknown option/,
  ],
  [
    'a timeout of nothing',
    { models: { providers: { o: { kind: 'openai', timeouts: { total: 0 } } } } },
    /models\.providers\.o\.timeouts\.total: expected a duration above zero.*got 0/,
  ],
  [
    'a price for no model',
    { models: { prices: { 'gpt-6-luna': { input: 1, output: 2 } } } },
    /models\.prices\.gpt-6-luna: expected provider\/model/,
  ],
  [
    'half a price',
    { models: { prices: { 'openai/x': { input: 1 } } } },
    /models\.prices\.openai\/x\.output: expected dollars for a million tokens, got nothing/,
  ],
  ['an alias for nothing', { models: { aliases: { best: [] } } }, /models\.aliases\.best: expected/],
  [
    'a script that is none',
    { models: { providers: { demo: { kind: 'scripted', script: [] } } } },
    /models\.providers\.demo\.script: expected a script made by defineScript/,
  ],
  ['a mistyped limit', { limits: { tenants: {} } }, /limits\.tenants: unknown option; did you mean 'tenant'\?/],
]

for (const [what, value, expected] of BAD) {
  test(`A project file with ${what} is refused, naming the option`, () => {
    assert.throws(
      () => parseConfig(value, 'c.ts'),
      (error) => error instanceof PolisError && error.code === 'INVALID_CONFIG' && expected.test(error.message),
    )
  })
}

test('All faults of a project file are listed at once', () => {
  const bad = { setings: {}, schedules: { a: {} } }
  assert.throws(
    () => parseConfig(bad, 'c.ts'),
    (error) => error instanceof PolisError && error.message.split('\n').length === 3,
  )
})

test('A project file may leave everything out', () => {
  assert.deepEqual(parseConfig({}, 'c.ts'), { settings: {}, servers: {}, schedules: {}, models: {} })
})
