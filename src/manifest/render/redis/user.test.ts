import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AGENTS_COMMANDS, usersOf } from './user.ts'

const STORE = fileURLToPath(new URL('../../../store/redis/', import.meta.url))

const textOf = (pattern: string) =>
  globSync(`${STORE}${pattern}`)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')

const rightsOf = (lines: readonly string[], user: string) =>
  lines.find((line) => line.startsWith(`${user} `))?.split(' ') ?? []

test('Agents may call what the library and the link call, and nothing else', () => {
  const lua = textOf('lua/*.lua')
  const link = textOf('link/!(*.test).ts').toLowerCase()
  const called = [...lua.matchAll(/\bcall\('([A-Z]+)'/g)].map(([, command = '']) => command.toLowerCase())
  // Those that are chosen by the type of a key.
  const [, sizes = ''] = /SIZES = \{(.*?)\}/.exec(lua) ?? []
  called.push(...[...sizes.matchAll(/'([A-Z]+)'/g)].map(([, command = '']) => command.toLowerCase()))
  const allowed = new Set(AGENTS_COMMANDS.map((command) => command.split('|')[0]))
  assert.deepEqual(
    [...new Set(called)].filter((command) => !allowed.has(command)),
    [],
  )
  const unused = AGENTS_COMMANDS.filter((command) => {
    const [name = '', sub] = command.split('|')
    const inLua =
      lua.includes(`'${name.toUpperCase()}'`) && (sub === undefined || lua.includes(`'${sub.toUpperCase()}'`))
    return !inLua && !new RegExp(`\\b${name}['\`]`).test(link)
  })
  assert.deepEqual(unused, [])
})

test('Agents reach the keys and channels of their own prefix alone', () => {
  const { redis } = usersOf({ settings: { 'redis.prefix': 'shop' } as Parameters<typeof usersOf>[0]['settings'] })
  assert.deepEqual(rightsOf(redis, 'polis').slice(1, 3), ['~{shop:*', '&{shop:*'])
})

test('Servers and probes reach no key', () => {
  const { redis, sentinel } = usersOf({
    settings: { 'redis.prefix': 'polis' } as Parameters<typeof usersOf>[0]['settings'],
  })
  for (const user of ['server', 'probe'])
    assert.ok(rightsOf(redis, user).every((right) => !right.startsWith('~') && !right.startsWith('+@')))
  assert.deepEqual(rightsOf(redis, 'probe'), ['probe', '+ping', '+info', '+role'])
  assert.deepEqual(rightsOf(sentinel, 'probe'), ['probe', '+ping'])
})
