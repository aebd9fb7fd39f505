import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { npmAccess } from './npm-access.ts'

const signal = new AbortController().signal
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

test('a build gets what reaches the registries: variables filled in, certificates in place, nothing of this machine', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'polis-npm-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, '.npmrc'), `legacy-peer-deps=true\n//registry.example/:_authToken=\${TOKEN}\n`)
  await writeFile(join(dir, 'user'), '# mine\neditor=vi\n@shop:registry = https://registry.example/\n')
  await writeFile(join(dir, 'ca.pem'), `A proxy\n${CERTIFICATE}\n`)
  const env = { TOKEN: 'abc', npm_config_userconfig: join(dir, 'user'), NODE_EXTRA_CA_CERTS: join(dir, 'ca.pem') }
  const text = await npmAccess(dir, async () => 'null\n', { env, signal })
  assert.deepEqual(text.split('\n'), [
    '@shop:registry=https://registry.example/',
    'legacy-peer-deps=true',
    '//registry.example/:_authToken=abc',
    'ca[]="-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----"',
    '',
  ])
})

test('a file of certificates that is not there is told', async () => {
  const execute = async () => '/nowhere/ca.pem\n'
  await assert.rejects(npmAccess('/tmp', execute, { env: {}, signal }), {
    code: 'INVALID_CONFIG',
    message: /got \/nowhere\/ca\.pem/,
  })
})
