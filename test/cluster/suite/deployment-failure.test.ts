import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Client } from '../../../src/client/index.ts'
import { type Clerk, isReady, NAME, openClerk, succeeded } from '../deployed/clerk.ts'
import { lostOf, sayLoad } from '../load.ts'
import { skipWithoutNodes } from '../node/binary.ts'

let clerk: Clerk
let client: Client

// What fails rolls back by itself, and whoever calls does not notice. Each test begins with a good revision of the first release.
suite('A deployment that does not become healthy', { skip: skipWithoutNodes() }, () => {
  before(async () => {
    clerk = await openClerk(['one', 'two'], ['first', 'sick'])
    succeeded(await clerk.apply('first'))
    client = await clerk.reach()
  })
  after(() => clerk?.[Symbol.asyncDispose]())

  test('An image that no registry has is rolled back, with what the node said of it', async (t) => {
    const said = await fails(t, 'first', ...instead('pulled'), '--image', 'localhost/clerk:missing', '--timeout', '40s')
    assert.match(said, /clerk-\S+: (ImagePullBackOff|ErrImagePull): .*localhost\/clerk:missing/)
  })

  test('An image that a node may not pull, and does not have, is not waited for', async (t) => {
    const said = await fails(t, 'first', '--image', 'localhost/clerk:missing')
    assert.match(said, /clerk-\S+: ErrImageNeverPull: .*localhost\/clerk:missing/)
    assert.match(said, /will not become healthy/)
  })

  test('A setting that the process refuses is rolled back, with the last words of the process', async (t) => {
    const said = await fails(t, 'first', ...instead('misconfigured'))
    assert.match(said, /clerk-\S+: CrashLoopBackOff: exit code \d+, \d+ restarts/)
    assert.match(said, /wrote last:.*archive\.url_file: expected a readable file at \/app\/ledger\.url, got ENOENT/s)
  })

  test('A release that is never ready is rolled back, with the probe and why it is not ready', async (t) => {
    const said = await fails(t, 'sick', '--timeout', '45s')
    assert.match(said, /clerk-\S+: Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503/)
    assert.match(said, /wrote last:.*the ledger is locked/s)
    assert.match(said, /not healthy in time/)
  })

  test('Pods that the quota has no room for are rolled back, with what it has room for', async (t) => {
    const said = await fails(t, 'first', ...instead('cramped'), '--timeout', '25s')
    assert.match(said, /exceeded quota: clerk, requested: .*pods=1, used: .*pods=8, limited: .*pods=8/)
  })
})

/** Puts another environment in the place of the one that is there. */
function instead(environment: string): readonly string[] {
  return ['--env', environment, '--force-conflicts']
}

/** Applies under load what does not become healthy. Answers what was said, once all is seen to be as it was before. */
async function fails(
  t: { diagnostic(line: string): void },
  release: string,
  ...args: readonly string[]
): Promise<string> {
  await using load = await clerk.load()
  const since = performance.now()
  const { code, stdout, stderr } = await clerk.apply(release, ...args)
  t.diagnostic(`failed and was back in ${((performance.now() - since) / 1000).toFixed(1)} s`)
  const report = await load.stop()
  t.diagnostic(sayLoad(report))
  assert.equal(code, 1, stdout + stderr)
  assert.match(stdout, /failed: .*\n {2}revision \d+ has brought back what was good before/)
  assert.deepEqual(report.failures, [])
  assert.deepEqual(await lostOf(client, report.runs), [])
  await isAsBefore()
  return stderr
}

async function isAsBefore(): Promise<void> {
  const { output } = await client.runs.submit({ agent: NAME, input: {} }, { wait: '30s' })
  assert.deepEqual(output, { release: 'first', steps: 5 })
  const pods = await clerk.pods()
  assert.deepEqual(pods.map(isReady), [true, true])
  // The last good revision again: nothing is different from it.
  succeeded(await clerk.polis('first', 'diff', '--image', 'localhost/clerk:first'))
  const status = succeeded(await clerk.polis('first', '--json', 'status'))
  const { revision, history } = JSON.parse(status.stdout)
  assert.equal(revision.cause.kind, 'rollback')
  assert.match(revision.reason, /^revision \d+ failed: /)
  assert.equal(history.at(-2).status, 'failed')
}
