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

suite('Whether a release holds runs', () => {
  test('is asked of the deployment by way of the cluster, whose own header it leaves alone', async () => {
    const { asked, ask } = setting(() => page([]))
    assert.equal(await ask({ report: 'r1', desk: 'r2' }), false)
    assert.equal(asked.length, 2)
    for (const { headers } of asked) {
      assert.equal(headers['x-api-key'], 'polis_key')
      assert.equal(headers.authorization, undefined)
    }
    const [query] = asked.map(({ path }) => new URL(path, 'http://desk').searchParams)
    assert.deepEqual([query?.get('agent'), query?.get('release'), query?.get('limit')], ['report', 'r1', '1'])
    assert.deepEqual(query?.getAll('status'), ['queued', 'blocked', 'running', 'suspended', 'paused'])
  })

  test('is yes where any agent has one', async () => {
    const { ask } = setting((path) => page(path.searchParams.get('agent') === 'desk' ? [runView()] : []))
    assert.equal(await ask({ report: 'r1', desk: 'r2' }), true)
  })

  test('is not known where nobody answers, or the key is not good', async () => {
    const { ask } = setting(() => Response.json({ code: 'UNAUTHENTICATED', title: 'no' }, { status: 401 }))
    assert.equal(await ask({ report: 'r1' }), undefined)
    const api = createFakeCluster()
    assert.equal(
      await createHoldsRuns({ url: undefined, apiKey: undefined, api, service: undefined })({ a: 'b' }),
      undefined,
    )
  })
})
