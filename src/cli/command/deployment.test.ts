import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { before, suite, test } from 'node:test'
import { createFakeCluster } from '../../cluster/fake/api.ts'
import { wellStatus } from '../../cluster/fake/fixture.ts'
import { createRecords } from '../../cluster/revision/records.ts'
import { systemClock } from '../../core/clock.ts'
import { createPlan } from '../../manifest/create-plan.ts'
import type { Plan } from '../../manifest/plan.ts'
import { polis } from '../fake/polis.ts'

let plan: Plan

const status = (live: Parameters<typeof wellStatus>[0]) => {
  const more = Object(wellStatus(live))
  // Scalers want more pods than the fixture's.
  return live.kind === 'Deployment' ? { ...more, replicas: 9, updatedReplicas: 9, availableReplicas: 9 } : more
}

function setting() {
  const cluster = createFakeCluster({ statusOf: status })
  return { cluster, run: (args: string) => polis(args, { cluster, plan }, { clock: systemClock() }) }
}

suite('The commands of a deployment', () => {
  before(() => {
    const deployment = { smoke: [{ agent: 'report' }] }
    plan = createPlan({
      packageName: 'desk',
      environment: undefined,
      deployment,
      settings: {},
      agents: { report: 'a'.repeat(16) },
    })
  })

  test('diff answers 1 before, 0 after; apply says what it did, and the second time that nothing changed', async () => {
    const { run } = setting()
    const first = await run('diff')
    assert.equal(first.code, 1)
    assert.match(first.out, /\+\+\+ new\/ConfigMap\/desk\/desk-settings/)
    const applied = await run('apply --reason because')
    assert.equal(applied.code, 0, applied.err)
    assert.match(applied.err, /revision 1\n/)
    assert.match(applied.out, /revision 1 of desk, release \w+ is deployed and healthy/)
    const second = await run('diff')
    assert.equal(second.code, 0, second.out)
    assert.match((await run('apply')).out, /nothing changed, and all is healthy/)
  })

  test('status shows the history; --json is one document', async () => {
    const { run } = setting()
    await run('apply --by ada --reason because')
    const shown = await run('status')
    assert.equal(shown.code, 0)
    assert.match(shown.out, /ada .*because/)
    const json = JSON.parse((await run('status --json')).out)
    assert.deepEqual([json.healthy, json.revision.number, json.history.length], [true, 1, 1])
  })

  test('rollback needs no project, and says where there is nothing to go back to', async () => {
    const { run } = setting()
    await run('apply')
    const { code, err } = await run('rollback --name desk')
    assert.equal(code, 3)
    assert.match(err, /no earlier revision that was good/)
    assert.equal((await run('rollback --namespace desk')).code, 2)
  })

  test('delete asks first, and does not where nobody can answer', async () => {
    const { run, cluster } = setting()
    await run('apply')
    const refused = await run('delete')
    assert.equal(refused.code, 2)
    assert.match(refused.err, /--yes: expected/)
    assert.equal((await run('delete --yes --volumes')).code, 0)
    assert.deepEqual(
      [...cluster.objects.values()].filter(({ kind }) => kind !== 'Lease').map(({ kind }) => kind),
      [],
    )
    assert.equal((await run('delete --yes')).code, 3)
  })

  test('delete takes the end of its input for a no', async () => {
    const { run, cluster } = setting()
    await run('apply')
    const terminal = { clock: systemClock(), stdinTTY: true, stdin: Readable.from([]) }
    const { code, err } = await polis('delete', { cluster, plan }, terminal)
    assert.notEqual(code, 0)
    assert.match(err, /Nothing was changed/)
    assert.equal((await run('status')).code, 0)
  })

  test('delete, rollback and verify refuse another environment than the one that is there, and apply takes it over on request', async () => {
    const { run, cluster } = setting()
    await run('apply')
    const other = createPlan({
      ...{
        packageName: 'desk',
        environment: 'staging',
        deployment: { environments: { staging: {} }, smoke: [{ agent: 'report' }] },
      },
      ...{ settings: {}, agents: { report: 'a'.repeat(16) } },
    })
    const as = (args: string) => polis(args, { cluster, plan: other }, { clock: systemClock() })
    for (const args of ['delete --yes', 'rollback', 'verify', 'apply']) {
      const { code, err } = await as(args)
      assert.equal(code, 3, args)
      assert.match(err, /is of the environment default, and this is staging/)
    }
    assert.equal((await as('apply --force-conflicts')).code, 0)
    assert.equal((await as('delete --yes')).code, 0)
  })

  test('verify fails where the deployment cannot be asked, and says what would be promoted', async () => {
    const { run } = setting()
    await run('apply')
    const { code, out } = await run('verify')
    assert.equal(code, 1)
    assert.match(out, /not good {2}default: 0 of 1 passed; revision 1, release/)
  })

  test('verify fails a revision that is not a good one, without a run', async () => {
    const { run, cluster } = setting()
    await run('apply')
    const records = createRecords(cluster, plan)
    const [revision] = await records.list()
    assert.ok(revision)
    await records.write({ ...revision, status: 'failed', message: 'not healthy in time' })
    const { code, out } = await run('verify')
    assert.equal(code, 1)
    assert.match(out, /revision 1 is failed: not healthy in time/)
  })

  test('conflicts and refusals change nothing and have their own exit codes', async () => {
    const { run, cluster } = setting()
    await run('apply')
    const settings = [...cluster.objects.values()].find(({ metadata }) => metadata.name === 'desk-settings')
    assert.ok(settings)
    cluster.put({ ...settings, data: { POLIS_SERVER_HOST: '1.2.3.4' } }, 'kubectl-edit')
    const { code, err } = await run('apply')
    assert.equal(code, 3)
    assert.match(err, /POLIS_SERVER_HOST was set by kubectl-edit[\s\S]*--force-conflicts/)
    assert.equal((await run('apply --force-conflicts')).code, 0)
  })
})
