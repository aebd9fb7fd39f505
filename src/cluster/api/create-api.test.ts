import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { leapingClock } from '../fake/leaping-clock.ts'
import type { Credentials } from '../kubeconfig/connection.ts'
import { createClusterApi } from './create-api.ts'
import { conflictsIn } from './error.ts'

interface Asked {
  readonly method: string
  readonly url: URL
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

type Reply = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]

let server: Server
let base: string
let asked: Asked[] = []
let answer: (asked: Asked) => Reply

const CORE = {
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'namespaces/status', kind: 'Namespace', namespaced: false },
  ],
}
const HTML = '<html>log in</html>'
const bearer = (count: number): Credentials => ({ headers: { authorization: `Bearer ${count}` } })
const SETTINGS = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it', namespace: 'shop' }, data: {} }

// Over real sockets: what Node makes of a request is part of what is tested.
suite('The API of a real cluster', () => {
  before(async () => {
    server = createServer(async (request, response) => {
      const one = {
        ...{ method: request.method ?? '', url: new URL(request.url ?? '/', base), headers: request.headers },
        body: await text(request),
      }
      asked.push(one)
      const [status, body, headers = {}] = one.url.pathname === '/api/v1' ? [200, CORE] : answer(one)
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(body === HTML ? HTML : JSON.stringify(body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  function open(onWarning?: (message: string) => void, credentials: (count: number) => Credentials = bearer) {
    asked = []
    let tokens = 0
    const connection = {
      ...{ server: base, tls: {}, renews: true },
      credentials: async () => credentials(++tokens),
    }
    const signal = new AbortController().signal
    return createClusterApi(connection, {
      clock: leapingClock(),
      signal,
      ...(onWarning === undefined ? {} : { onWarning }),
    })
  }

  test('finds the resource of a kind, once', async () => {
    answer = () => [404, {}]
    const api = open()
    assert.equal(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'shop' }), undefined)
    await api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })
    assert.equal(await api.serves({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' }), false)
    const paths = asked.map(({ url }) => url.pathname)
    assert.deepEqual(paths, [
      '/api/v1',
      '/api/v1/namespaces/shop/configmaps/a',
      '/api/v1/namespaces/shop',
      '/apis/keda.sh/v1alpha1',
    ])
  })

  test('applies strictly, under our name, for real or not', async () => {
    answer = ({ body }) => [200, JSON.parse(body)]
    const api = open()
    await api.apply(SETTINGS, { dryRun: true, force: true })
    const sent = asked.at(-1)
    assert.equal(sent?.method, 'PATCH')
    assert.equal(sent.headers['content-type'], 'application/apply-patch+yaml')
    const query = Object.fromEntries(sent.url.searchParams)
    assert.deepEqual(query, { fieldManager: 'polis', fieldValidation: 'Strict', dryRun: 'All', force: 'true' })
  })

  test('says which field whose is', async () => {
    const causes = [
      { reason: 'FieldManagerConflict', field: '.data.a', message: 'conflict with "kubectl-edit" using v1' },
    ]
    answer = () => [409, { kind: 'Status', reason: 'Conflict', message: 'Apply failed', details: { causes } }]
    await assert.rejects(open().apply(SETTINGS), (reason) => {
      assert.ok(reason instanceof PolisError)
      assert.equal(reason.code, 'CONFLICT')
      assert.deepEqual(conflictsIn(reason), [{ field: '.data.a', manager: 'kubectl-edit' }])
      return true
    })
  })

  test('gives a removal its preconditions, and leaves the connection fit for the next request', async () => {
    answer = () => [200, { kind: 'Status' }]
    const api = open()
    assert.equal(
      await api.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'shop' }, { uid: 'u' }),
      true,
    )
    assert.deepEqual(JSON.parse(asked.at(-1)?.body ?? ''), {
      ...{ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions: { uid: 'u' } },
    })
    answer = ({ body }) => [200, JSON.parse(body)]
    assert.deepEqual((await api.apply(SETTINGS)).data, {})
  })

  test('asks again while the API is busy, and no more than four times', async () => {
    let busy = 2
    answer = () =>
      busy-- > 0 ? [429, { kind: 'Status', message: 'busy' }, { 'retry-after': '1' }] : [200, { gitVersion: 'v1.37.2' }]
    assert.equal(await open().version(), 'v1.37.2')
    answer = () => [503, {}]
    await assert.rejects(open().version(), { code: 'UNREACHABLE' })
    assert.equal(asked.length, 4)
  })

  test('fetches other credentials where these are refused, once', async () => {
    answer = ({ headers }) => (headers.authorization === 'Bearer 1' ? [401, {}] : [200, { gitVersion: 'v1' }])
    assert.equal(await open().version(), 'v1')
    answer = () => [401, {}]
    await assert.rejects(open().version(), { code: 'UNAUTHENTICATED' })
    assert.equal(asked.length, 2)
  })

  test('fetches credentials once that look over as they come: the clock here may be wrong', async () => {
    answer = () => [200, { gitVersion: 'v1' }]
    const api = open(undefined, (count) => ({ ...bearer(count), expiresAt: 1 }))
    await api.version()
    await Promise.all([api.version(), api.version()])
    assert.deepEqual([...new Set(asked.map(({ headers }) => headers.authorization))], ['Bearer 1'])
  })

  test('fetches others once for many requests that find them over', async () => {
    answer = () => [200, { gitVersion: 'v1' }]
    // Over between the look as they come and the next.
    let looks = 0
    const first = {
      ...bearer(1),
      get expiresAt() {
        return looks++ < 3 ? 9e12 : 1
      },
    }
    const api = open(undefined, (count) => (count === 1 ? first : bearer(count)))
    await api.version()
    await Promise.all([api.version(), api.version(), api.version()])
    assert.deepEqual([...new Set(asked.map(({ headers }) => headers.authorization))], ['Bearer 1', 'Bearer 2'])
  })

  test('names a token that no header may have, without showing it', async () => {
    const api = open(undefined, () => ({ headers: { authorization: 'Bearer a\nb' } }))
    await assert.rejects(api.version(), (reason: PolisError) => {
      assert.equal(reason.code, 'UNAUTHENTICATED')
      assert.doesNotMatch(reason.message, /Bearer/)
      return true
    })
  })

  test('says that something else answered, where that is no JSON', async () => {
    answer = () => [200, HTML]
    await assert.rejects(open().version(), { code: 'INVALID_CONFIG', message: /no JSON: <html>log in/ })
  })

  test('asks again after a failure of the server, and creates again only what was turned away', async () => {
    const answers: Reply[] = [
      [500, { kind: 'Status', message: 'failed calling webhook' }],
      [429, { kind: 'Status', message: 'busy' }],
    ]
    answer = ({ body }) => answers.shift() ?? [200, JSON.parse(body)]
    const api = open()
    assert.equal((await api.apply(SETTINGS)).metadata.name, 'it')
    answers.push([429, {}])
    assert.equal((await api.create(SETTINGS)).metadata.name, 'it')
    answers.push([503, {}])
    await assert.rejects(api.create(SETTINGS), { code: 'UNREACHABLE' })
  })

  test('tells what the API warns of, each once', async () => {
    answer = () => [
      200,
      { gitVersion: 'v1' },
      { warning: '299 - "would violate \\"restricted\\"", 299 - "deprecated"' },
    ]
    const told: string[] = []
    const api = open((message) => void told.push(message))
    await api.version()
    await api.version()
    assert.deepEqual(told, ['would violate "restricted"', 'deprecated'])
  })

  test('reaches a Service, and answers whatever it does', async () => {
    answer = () => [418, { kind: 'teapot' }]
    const response = await open().proxy(
      { name: 'desk', namespace: 'shop', port: 'http' },
      { method: 'GET', path: '/api/v1/runs?limit=1', headers: { 'x-api-key': 'k' } },
    )
    assert.equal(response.status, 418)
    assert.equal(asked.at(-1)?.url.pathname, '/api/v1/namespaces/shop/services/desk:http/proxy/api/v1/runs')
    assert.equal(asked.at(-1)?.headers['x-api-key'], 'k')
  })

  test('that is not there is said so', async () => {
    const connection = {
      server: 'http://127.0.0.1:1',
      tls: {},
      renews: false,
      credentials: async () => ({ headers: {} }),
    }
    const api = createClusterApi(connection, { clock: leapingClock(), signal: new AbortController().signal })
    await assert.rejects(api.version(), /The cluster at http:\/\/127\.0\.0\.1:1 cannot be reached/)
  })
})
