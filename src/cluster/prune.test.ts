import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createFakeCluster } from './fake/api.ts'
import { object, sickStatus, target, wellStatus } from './fake/fixture.ts'
import { belongsTo, candidatesOf, findPruning } from './prune.ts'
import type { Revision } from './revision/revision.ts'
import type { Target } from './target.ts'

const revision = (number: number, wanted: Target): Revision => ({
  ...{ number, status: 'deployed', cause: { kind: 'apply' }, by: 'ada', startedAt: 0, target: wanted },
})

const labels = { 'agentpolis.dev/release': 'r1' }

suite('What may go', () => {
  test('is what an earlier revision names and this one does not, but no data and no namespace', () => {
    const extra = [object('v1', 'ConfigMap', 'gone'), object('v1', 'PersistentVolumeClaim', 'data')]
    const found = candidatesOf(target('r1'), [revision(1, target('r1', { extra })), revision(2, target('r1'))])
    assert.deepEqual(
      found.map(({ object: { kind, metadata }, release }) => [kind, metadata.name, release]),
      [['ConfigMap', 'gone', undefined]],
    )
  })

  test('is told by release where it belongs to one', () => {
    const found = candidatesOf(target('r2'), [revision(1, target('r1'))])
    assert.deepEqual(
      found.map(({ object: { kind }, release, agents }) => [kind, release, agents]),
      [
        ['Deployment', 'r1', { report: 'agent-r1' }],
        ['HorizontalPodAutoscaler', 'r1', { report: 'agent-r1' }],
      ],
    )
  })

  test('belongs to a release by its label, its pods or its name; a Service only points at one', () => {
    assert.ok(belongsTo(object('v1', 'ConfigMap', 'x', { metadata: { name: 'x', labels } }), 'r1'))
    assert.ok(belongsTo(object('apps/v1', 'Deployment', 'x', { spec: { selector: { matchLabels: labels } } }), 'r1'))
    assert.ok(belongsTo(object('policy/v1', 'PodDisruptionBudget', 'desk-r1'), 'r1'))
    assert.ok(!belongsTo(object('v1', 'ConfigMap', 'desk-settings'), 'r1'))
    assert.ok(!belongsTo(object('v1', 'Service', 'desk', { spec: { selector: labels } }), 'r1'))
  })
})

suite('An old release', () => {
  const setting = (statusOf: typeof wellStatus) => {
    const cluster = createFakeCluster({ statusOf })
    for (const each of target('r1').objects) cluster.put(each, 'polis')
    return cluster
  }

  test('of which every agent goes on elsewhere holds nothing, and nobody is asked', async () => {
    const same = { ...target('r2'), agents: target('r1').agents }
    const asked = async () => assert.fail('asked')
    const { removed, draining } = await findPruning(setting(wellStatus), same, [revision(1, target('r1'))], asked)
    assert.deepEqual(
      removed.map(({ kind }) => kind),
      ['Deployment', 'HorizontalPodAutoscaler'],
    )
    assert.deepEqual(draining, [])
  })

  test('that was never available has executed nothing', async () => {
    const asked = async () => assert.fail('asked')
    const { removed } = await findPruning(setting(sickStatus('r1')), target('r2'), [revision(1, target('r1'))], asked)
    assert.equal(removed.length, 2)
  })

  test('goes with what was said of how sure that is, once for all releases', async () => {
    const cluster = setting(wellStatus)
    for (const each of target('r3').objects) cluster.put(each, 'polis')
    const history = [revision(1, target('r1')), revision(2, target('r3'))]
    const { removed, draining, warnings } = await findPruning(cluster, target('r2'), history, async (_, warn) => {
      warn('of one tenant')
      return false
    })
    assert.deepEqual([removed.length, draining, warnings], [4, [], ['of one tenant']])
  })

  test('stays whole while nobody knows', async () => {
    const { removed, draining } = await findPruning(
      setting(wellStatus),
      target('r2'),
      [revision(1, target('r1'))],
      async () => undefined,
    )
    assert.deepEqual(removed, [])
    assert.deepEqual(
      draining.map(({ release, objects, holdsRuns }) => [release, objects.length, holdsRuns]),
      [['r1', 2, undefined]],
    )
  })
})
