import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { LiveObject } from '../api.ts'
import { healthOf } from './health-of.ts'

function live(kind: string, rest: Readonly<Record<string, unknown>>, meta: object = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'it', uid: 'u', resourceVersion: '1', generation: 2, ...meta },
    ...rest,
  }
}

const FULL = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 }
const condition = (type: string, status: string, reason = '', message = '') => ({ type, status, reason, message })

suite('The health of a Deployment', () => {
  const of = (status: object, minimum = 0, spec: object = { replicas: 3 }) =>
    healthOf(live('Deployment', { spec, status }), minimum)

  test('is good once all pods are new and available, and the old ones are gone', () => {
    assert.deepEqual(of(FULL), { kind: 'healthy' })
  })

  test('waits for what is not so yet, in the order in which it comes', () => {
    const cases: readonly [object, RegExp][] = [
      [{ ...FULL, observedGeneration: 1 }, /has not seen it/],
      [{}, /has not seen it/],
      [{ ...FULL, updatedReplicas: 1 }, /1 of 3 pods are new/],
      [{ ...FULL, availableReplicas: 2 }, /2 of 3 pods are available/],
      [{ ...FULL, replicas: 5 }, /2 old pods still end/],
      [
        { ...FULL, conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')] },
        /exceeded quota/,
      ],
    ]
    for (const [status, expected] of cases) {
      const health = of(status)
      assert.ok(health.kind === 'waiting')
      assert.match(health.reason, expected)
    }
  })

  test('fails when its controller gives up', () => {
    const conditions = [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out')]
    assert.deepEqual(of({ ...FULL, availableReplicas: 0, conditions }), {
      kind: 'failed',
      reason: 'ProgressDeadlineExceeded: timed out',
    })
  })

  test('waits until there are as many pods as its scaler wants at least', () => {
    const one = { ...FULL, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }
    assert.deepEqual(of(one, 2, {}), { kind: 'waiting', reason: '1 of 2 pods are available' })
    assert.deepEqual(of(one, 1, {}), { kind: 'healthy' })
    assert.deepEqual(of({ observedGeneration: 2 }, 0, { replicas: 0 }), { kind: 'healthy' })
  })
})

suite('The health of other kinds', () => {
  const cases: readonly [string, LiveObject, string][] = [
    [
      'a StatefulSet whose pods are ready',
      live('StatefulSet', {
        spec: { replicas: 2 },
        status: { observedGeneration: 2, readyReplicas: 2, currentRevision: 'a', updateRevision: 'a' },
      }),
      'healthy',
    ],
    [
      'a StatefulSet that still rolls',
      live('StatefulSet', {
        spec: { replicas: 2 },
        status: {
          observedGeneration: 2,
          readyReplicas: 2,
          updatedReplicas: 1,
          currentRevision: 'a',
          updateRevision: 'b',
        },
      }),
      'waiting',
    ],
    [
      'a StatefulSet that rolls on demand',
      live('StatefulSet', {
        spec: { replicas: 1, updateStrategy: { type: 'OnDelete' } },
        status: { observedGeneration: 2, readyReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      }),
      'healthy',
    ],
    [
      'a DaemonSet on all nodes',
      live('DaemonSet', {
        status: { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
      }),
      'healthy',
    ],
    ['a Job that runs', live('Job', { status: { active: 1 } }), 'waiting'],
    ['a Job that completed', live('Job', { status: { conditions: [condition('Complete', 'True')] } }), 'healthy'],
    [
      'a Job that failed',
      live('Job', { status: { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')] } }),
      'failed',
    ],
    ['a ScaledObject that nobody looked at', live('ScaledObject', {}), 'waiting'],
    [
      'a ScaledObject that is ready',
      live('ScaledObject', { status: { conditions: [condition('Ready', 'True')] } }),
      'healthy',
    ],
    [
      'a SealedSecret that could not be opened',
      live('SealedSecret', { status: { conditions: [condition('Synced', 'False', '', 'no key')] } }),
      'waiting',
    ],
    [
      'an HPA without metrics',
      live('HorizontalPodAutoscaler', {
        status: { conditions: [condition('ScalingActive', 'False', 'FailedGetResourceMetric')] },
      }),
      'healthy',
    ],
    [
      'an HPA that finds no target',
      live('HorizontalPodAutoscaler', {
        status: { conditions: [condition('AbleToScale', 'False', 'FailedGetScale')] },
      }),
      'waiting',
    ],
    [
      'a claim that waits for its first pod',
      live('PersistentVolumeClaim', { status: { phase: 'Pending' } }),
      'healthy',
    ],
    ['a claim that lost its volume', live('PersistentVolumeClaim', { status: { phase: 'Lost' } }), 'failed'],
    ['a route that no gateway knows', live('HTTPRoute', {}), 'waiting'],
    [
      'a route that was refused',
      live('HTTPRoute', {
        status: { parents: [{ conditions: [condition('Accepted', 'False', 'NoMatchingParent')] }] },
      }),
      'waiting',
    ],
    [
      'a route that was accepted',
      live('HTTPRoute', { status: { parents: [{ conditions: [condition('Accepted', 'True')] }] } }),
      'healthy',
    ],
    ['a ConfigMap', live('ConfigMap', {}), 'healthy'],
    ['anything that is being deleted', live('ConfigMap', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), 'waiting'],
  ]
  for (const [title, object, expected] of cases) {
    test(`${title}: ${expected}`, () => assert.equal(healthOf(object).kind, expected))
  }

  test('an HPA without metrics is worth a word', () => {
    const health = healthOf(
      live('HorizontalPodAutoscaler', {
        status: { conditions: [condition('ScalingActive', 'False', 'FailedGetResourceMetric')] },
      }),
    )
    assert.deepEqual(health, { kind: 'healthy', note: 'does not scale: FailedGetResourceMetric' })
  })
})
