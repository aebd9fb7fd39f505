import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKnownSecrets } from '../../core/known-secrets.ts'
import { scrubbedEnvironment } from './environment.ts'
import { resolveSecrets } from './secret-value.ts'

const secrets = createKnownSecrets()
const source = { env: { TOKEN: 'abc', EMPTY: '' }, cwd: import.meta.dirname, secrets }
const reference = (name: string) => `\${${name}}`

test('References are replaced anywhere in a text, and an escaped one is left', async () => {
  const values = {
    a: `Bearer ${reference('TOKEN')}!`,
    b: reference('EMPTY'),
    c: `$${reference('TOKEN')}`,
    d: 'plain $1 $',
  }
  assert.deepEqual(await resolveSecrets(values, 'servers.x.env', source), {
    a: 'Bearer abc!',
    b: '',
    c: reference('TOKEN'),
    d: 'plain $1 $',
  })
})

test('A file is read relative to the project', async () => {
  const { text } = await resolveSecrets({ text: { file: 'environment.ts' } }, 'servers.x.env', source)
  assert.match(text ?? '', /scrubbedEnvironment/)
  assert.doesNotMatch(text ?? '', /\n$/)
})

test('A missing variable or file is named with its option, and no value is shown', async () => {
  const missing = (name: string, value: string | { file: string }) =>
    resolveSecrets({ [name]: value }, 'servers.x.env', source)
  await assert.rejects(missing('A', reference('NOPE')), {
    code: 'INVALID_CONFIG',
    message: /^servers\.x\.env\.A: .*set NOPE/,
  })
  await assert.rejects(missing('A', reference('')), { code: 'INVALID_CONFIG', message: /a name between the braces/ })
  await assert.rejects(missing('B', { file: 'no.txt' }), {
    code: 'INVALID_CONFIG',
    message: /^servers\.x\.env\.B\.file: .*no\.txt, got ENOENT/,
  })
  await assert.rejects(missing('B', { file: '.' }), { code: 'INVALID_CONFIG', message: /got EISDIR/ })
})

test('A child gets what it needs to run and what it is given, and nothing else', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home',
    LC_ALL: 'C',
    OPENAI_API_KEY: 'sk',
    NODE_OPTIONS: '--inspect',
    LANG: undefined,
  }
  assert.deepEqual(scrubbedEnvironment(env, { HOME: '/else', X: '1' }), {
    PATH: '/bin',
    HOME: '/else',
    LC_ALL: 'C',
    X: '1',
  })
})
