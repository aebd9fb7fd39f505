import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ProxyRequest, ServiceRef } from '../../cluster/api.ts'
import { createFakeCluster } from '../../cluster/fake/api.ts'
import { runView } from '../fake/view.ts'
import { createHoldsRuns } from './holds-runs.ts'

const SERVICE: ServiceRef = { name: 'desk', namespace: 'shop', port: 'http' }

function setting(answer: (path: URL) => Response) {
  const asked: ProxyRequest[] = []
  const api = createFakeCluster({
    async proxy(_, request) {
      asked.push(request)
      return answer(new URL(request.path, 'http://desk'))
    },
  })
  const ask = createHoldsRuns({ url: undefined, apiKey: 'polis_key', api, service: SERVICE })
  return { asked, ask }
}

const page = (items: readonly unknown[]) => Response.json({ items })
const problem = (code: string, status: number) =>
  Response.json({ code, title: 'no', detail: `it says ${code}`, status }, { status })
const noted = () => {
  const warnings: string[] = []
  return { warnings, warn: (message: string) => void warnings.push(message) }
}

suite('Whether a release holds runs', () => {
  test('is asked of the deployment by way of the cluster, whose own header it leaves alone', async () => {
    const { asked, ask } = setting(() => page([]))
    const { warnings, warn } = noted()
    assert.equal(await ask({ report: 'r1', desk: 'r2' }, warn), false)
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/api/v1/releases'],
    )
    assert.equal(asked[0]?.headers['x-api-key'], 'polis_key')
    assert.equal(asked[0]?.headers.authorization, undefined)
    assert.deepEqual(warnings, [])
  })

  test('is yes where any of its agents has one, of whatever tenant, and other releases do not matter', async () => {
    const open = (agent: string, release: string) => ({ agent, release, count: 1 })
    const { ask } = setting(() => page([open('desk', 'r2'), open('report', 'r9'), open('constructor', 'r1')]))
    const { warnings, warn } = noted()
    assert.equal(await ask({ report: 'r1', desk: 'r2' }, warn), true)
    assert.equal(await ask({ report: 'r1', desk: 'r3' }, warn), false)
    assert.deepEqual(warnings, [])
  })

  test("is asked of the key's tenant alone where the server is too old to count, and that is said", async () => {
    for (const [holding, expected] of [
      ['desk', true],
      ['none', false],
    ] as const) {
      const { asked, ask } = setting((path) => {
        if (path.pathname === '/api/v1/releases') return problem('NOT_FOUND', 404)
        return page(path.searchParams.get('agent') === holding ? [runView()] : [])
      })
      const { warnings, warn } = noted()
      assert.equal(await ask({ report: 'r1', desk: 'r2' }, warn), expected)
      assert.match(warnings.join(), /only those of the API key's own tenant .* --keep-releases/)
      const [query] = asked.slice(1).map(({ path }) => new URL(path, 'http://desk').searchParams)
      assert.deepEqual([query?.get('agent'), query?.get('release'), query?.get('limit')], ['report', 'r1', '1'])
      assert.deepEqual(query?.getAll('status'), ['queued', 'blocked', 'running', 'suspended', 'paused'])
    }
  })

  test('is not known where the key may not ask, which is said', async () => {
    const { ask, asked } = setting(() => problem('FORBIDDEN', 403))
    const { warnings, warn } = noted()
    assert.equal(await ask({ report: 'r1' }, warn), undefined)
    assert.deepEqual([asked.length, warnings], [1, ['Whether old releases hold runs is not known: it says FORBIDDEN']])
  })

  test('is not known where nobody answers, or the key is not good', async () => {
    const { warnings, warn } = noted()
    const { ask } = setting(() => problem('UNAUTHENTICATED', 401))
    assert.equal(await ask({ report: 'r1' }, warn), undefined)
    const api = createFakeCluster()
    const nowhere = createHoldsRuns({ url: undefined, apiKey: undefined, api, service: undefined })
    assert.equal(await nowhere({ a: 'b' }, warn), undefined)
    assert.deepEqual(warnings, [])
  })
})
