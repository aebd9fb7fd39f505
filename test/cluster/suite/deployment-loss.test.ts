import assert from 'node:assert/strict'
import { after, before, suite, type TestContext, test } from 'node:test'
import type { Client } from '../../../src/client/index.ts'
import { until } from '../api/until.ts'
import { type Clerk, isReady, openClerk, succeeded } from '../deployed/clerk.ts'
import { lostOf, sayLoad } from '../load.ts'
import { skipWithoutNodes } from '../node/binary.ts'

let clerk: Clerk
let client: Client

/** What apply says at each stage, and the release that it is killed with: the other one each time. */
const KILLS = [
  { stage: 'as its revision is recorded', said: /^revision \d+$/m, release: 'second' },
  { stage: 'as the pods of the new release are made', said: /^\+ Deployment clerk-/m, release: 'first' },
  { stage: 'as it moves traffic', said: /^~ Service clerk$/m, release: 'second' },
  { stage: 'as all is healthy, and not recorded to be', said: /^healthy$/m, release: 'first' },
] as const

// Three nodes, so that whichever is lost leaves most of the servers of Redis and of the Sentinels.
suite('A deployment that loses what it runs on', { skip: skipWithoutNodes() }, () => {
  before(async () => {
    clerk = await openClerk(['one', 'two', 'three'], ['first', 'second'])
    succeeded(await clerk.apply('first', '--env', 'larger'))
    client = await clerk.reach()
  })
  after(() => clerk?.[Symbol.asyncDispose]())

  for (const { stage, said, release } of KILLS)
    test(`Apply is killed ${stage}, and run again it ends where it would have`, async (t) => {
      await underLoad(t, { mayFail: false }, async () => {
        await clerk.applyUntil(said, release, '--env', 'larger')
        const since = performance.now()
        succeeded(await clerk.apply(release, '--env', 'larger'))
        t.diagnostic(`run again, it was done in ${((performance.now() - since) / 1000).toFixed(1)} s`)
      })
      await isDone(release)
    })

  test('A pod is killed under load, and no run is lost', async (t) => {
    const [pod] = await clerk.pods()
    await underLoad(t, { mayFail: true }, async () => {
      const { name } = pod?.metadata ?? { name: '' }
      succeeded(await clerk.control('delete', 'pod', name, '--grace-period=0', '--force'))
      await until('three pods are ready again', async () => ((await readyPods()) === 3 ? true : undefined), PATIENCE)
    })
  })

  // How long nobody is answered is printed, since that depends on the machine. One of the cluster's name servers may be lost too.
  test('A node loses its power under load, with the primary of Redis on it, and no run is lost', async (t) => {
    const primary = await primaryNode()
    const node = clerk.machines.nodes.find(({ name }) => name === primary)
    assert.ok(node)
    const names = await podsOn(primary, '--namespace=kube-system', '--selector=k8s-app=kube-dns')
    t.diagnostic(`on it were ${[...(await podsOn(primary)), ...names].join(', ')}`)
    await underLoad(t, { mayFail: true }, async () => {
      await node.kill()
      const since = performance.now()
      const isWhole = async () => ((await readyPods(primary)) === 3 ? true : undefined)
      await until('three pods are ready elsewhere', isWhole, PATIENCE)
      t.diagnostic(`three pods were ready elsewhere after ${((performance.now() - since) / 1000).toFixed(1)} s`)
    })
    const { code, stdout } = await clerk.polis('first', 'status')
    assert.equal(code, 1, stdout)
    assert.match(stdout, /StatefulSet clerk-redis .*2 of 3 pods are ready/)
  })
})

const PATIENCE = { limit: 240_000 }

/** No run is lost, whatever is done; requests may fail with what was there to answer them. */
async function underLoad(
  t: TestContext,
  { mayFail }: { readonly mayFail: boolean },
  work: () => Promise<void>,
): Promise<void> {
  await using load = await clerk.load()
  await work()
  const report = await load.stop()
  t.diagnostic(sayLoad(report))
  if (!mayFail) assert.deepEqual(report.failures, [])
  assert.deepEqual(await lostOf(client, report.runs), [])
}

/** Healthy, without a difference, with pods of this release alone, and a history in which nothing is under way. */
async function isDone(release: string): Promise<void> {
  const deployed = ['--env', 'larger', '--image', `localhost/clerk:${release}`]
  succeeded(await clerk.apply(release, '--env', 'larger'))
  succeeded(await clerk.polis(release, 'diff', ...deployed))
  const { healthy, history, changing } = JSON.parse(succeeded(await clerk.polis(release, '--json', 'status')).stdout)
  assert.deepEqual([healthy, changing], [true, null])
  const open = history.filter(({ status }: { readonly status: string }) => status === 'applying')
  assert.deepEqual(open, [])
}

/** Ready, and not on this node. */
async function readyPods(lost?: string): Promise<number> {
  return (await clerk.pods()).filter((pod) => isReady(pod) && pod.spec.nodeName !== lost).length
}

async function podsOn(node: string, ...more: readonly string[]): Promise<readonly string[]> {
  const name = '--output=jsonpath={.items[*].metadata.name}'
  return (await clerk.control('get', 'pods', `--field-selector=spec.nodeName=${node}`, name, ...more)).stdout.split(' ')
}

/** The node of the server that leads. */
async function primaryNode(): Promise<string> {
  const ask = 'redis-cli --no-auth-warning --user probe --pass "$(cat /passwords/probe)" info replication'
  for (const pod of ['clerk-redis-0', 'clerk-redis-1', 'clerk-redis-2']) {
    const { stdout } = await clerk.control('exec', pod, '--', 'sh', '-c', ask)
    if (!stdout.includes('role:master')) continue
    return (await clerk.control('get', 'pod', pod, '--output=jsonpath={.spec.nodeName}')).stdout
  }
  throw new Error('no server of Redis leads')
}
