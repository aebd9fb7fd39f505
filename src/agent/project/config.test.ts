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
  assert.deepEqual(parseConfig({}, 'c.ts'), { settings: {}, servers: {}, schedules: {} })
})
