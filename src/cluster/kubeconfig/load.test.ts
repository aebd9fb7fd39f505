import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { execCredentials } from './exec.ts'
import { loadKubeconfig } from './load.ts'

let folder: string

const CONFIG = `
apiVersion: v1
kind: Config
current-context: shop
contexts:
- {name: shop, context: {cluster: east, user: ada, namespace: desk}}
- {name: cloud, context: {cluster: east, user: robot}}
- {name: old, context: {cluster: east, user: legacy}}
- {name: broken, context: {cluster: nowhere, user: ada}}
clusters:
- name: east
  cluster:
    server: https://east.example.com/
    certificate-authority-data: ${Buffer.from('CA').toString('base64')}
    tls-server-name: api
    proxy-url: http://proxy:3128
users:
- name: ada
  user: {client-certificate-data: ${Buffer.from('CERT').toString('base64')}, client-key: ada.key}
- name: legacy
  user: {auth-provider: {name: oidc}}
- name: robot
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [east], env: [{name: WHO, value: robot}], provideClusterInfo: true}
`

const LOGIN = `#!/bin/sh
[ "$1" = east ] || exit 3
case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*'"server":"https://east.example.com/"'*) ;; *) exit 4 ;; esac
[ -z "$FAIL" ] || { echo 'please log in' >&2; exit 1; }
echo '{"kind":"ExecCredential","status":{"token":"token-of-'$WHO'","expirationTimestamp":"2099-01-01T00:00:00Z"}}'
`

suite('A kubeconfig', () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polis-kubeconfig-'))
    await writeFile(join(folder, 'config'), CONFIG)
    await writeFile(join(folder, 'ada.key'), 'KEY')
    await writeFile(join(folder, 'login'), LOGIN)
    await chmod(join(folder, 'login'), 0o755)
  })
  after(() => rm(folder, { recursive: true }))

  const load = (context?: string, env: Readonly<Record<string, string>> = {}) =>
    loadKubeconfig({ file: 'config', context, env: { PATH: process.env.PATH, ...env }, cwd: folder })

  test('gives the cluster of its current context, and certificates beside it', async () => {
    const connection = await load()
    assert.equal(connection.server, 'https://east.example.com')
    assert.deepEqual(connection.tls, { ca: Buffer.from('CA'), servername: 'api' })
    assert.deepEqual([connection.proxy, connection.namespace], ['http://proxy:3128', 'desk'])
    assert.deepEqual(await connection.credentials(), {
      headers: {},
      cert: Buffer.from('CERT'),
      key: Buffer.from('KEY'),
    })
  })

  test('asks a program for credentials, which is told of the cluster', async () => {
    const connection = await load('cloud')
    assert.equal(connection.renews, true)
    assert.deepEqual(await connection.credentials(), {
      headers: { authorization: 'Bearer token-of-robot' },
      expiresAt: Date.UTC(2099, 0, 1),
    })
  })

  test('says what a program said that gave none', async () => {
    const connection = await load('cloud', { FAIL: 'yes' })
    await assert.rejects(connection.credentials(), /login' gave no credentials: it ended with 1: please log in/)
  })

  test('does not wait for a program that hangs, nor for what it has started', async () => {
    await writeFile(join(folder, 'hang'), "#!/bin/sh\ntrap '' TERM\necho 'open a browser' >&2\nsleep 5 & sleep 5\n", {
      mode: 0o755,
    })
    const exec = { apiVersion: '', command: join(folder, 'hang'), args: [], env: {}, installHint: '' }
    const cluster = { server: 'https://east', insecure: false }
    const since = Date.now()
    await assert.rejects(
      execCredentials({ ...exec, providesCluster: false }, cluster, { PATH: process.env.PATH }, 500),
      /had not ended after 500ms/,
    )
    assert.ok(Date.now() - since < 4_000)
  })

  test('refuses a server and a proxy that are no URL over HTTP', async () => {
    await writeFile(join(folder, 'odd'), CONFIG.replace('https://east.example.com/', 'east:6443'))
    const odd = { file: 'odd', context: undefined, env: {}, cwd: folder }
    await assert.rejects(loadKubeconfig(odd), /cluster 'east': server: expected a URL .*, got 'east:6443'/)
    await writeFile(join(folder, 'odd'), CONFIG.replace('http://proxy:3128', 'socks5://u:secret@proxy'))
    await assert.rejects(loadKubeconfig(odd), /proxy-url: expected the URL of an HTTP proxy$/)
  })

  test('goes by the variables of the environment for a proxy, as kubectl does, but never to this machine', async () => {
    const env = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '.internal', OTHER: 'x' }
    await writeFile(join(folder, 'plain'), CONFIG.replace(/ +proxy-url.*/, ''))
    const at = async (file: string) => (await loadKubeconfig({ file, context: undefined, env, cwd: folder })).proxyEnv
    assert.deepEqual(await at('plain'), { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '.internal' })
    assert.equal(await at('config'), undefined)
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      await writeFile(join(folder, 'near'), CONFIG.replace(/ +proxy-url.*/, '').replace('east.example.com', host))
      assert.deepEqual(await at('near'), {}, host)
    }
  })

  test('names a context that it does not have, and the nearest', async () => {
    await assert.rejects(load('clout'), /no context 'clout' in the kubeconfig; did you mean 'cloud'/)
    await assert.rejects(load('broken'), /names a cluster 'nowhere'/)
  })

  test('does not take a way that Kubernetes gave up', async () => {
    const connection = await load('old')
    await assert.rejects(connection.credentials(), /auth-provider 'oidc' is not known/)
  })

  test('is made of several files: the first that says something wins, absent ones are passed over', async () => {
    await writeFile(
      join(folder, 'first'),
      'current-context: cloud\nclusters: [{name: east, cluster: {server: "https://west"}}]',
    )
    const KUBECONFIG = [join(folder, 'absent'), join(folder, 'first'), join(folder, 'config')].join(delimiter)
    const connection = await loadKubeconfig({ file: undefined, context: undefined, env: { KUBECONFIG }, cwd: '/' })
    assert.equal(connection.server, 'https://west')
  })

  test('that is not there is said so, and where it was looked for', async () => {
    const env = { HOME: join(folder, 'nobody') }
    await assert.rejects(
      loadKubeconfig({ file: undefined, context: undefined, env, cwd: '/' }),
      /looked for .*nobody\/.kube\/config/,
    )
  })
})
