import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { LiveObject } from '../api.ts'
import { podTrouble } from './pod.ts'

function pod(status: object, meta: object = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'desk-1', uid: 'pod', resourceVersion: '1', ...meta },
    status,
  }
}

const container = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: 'agents', ready: false, state, ...more }],
})
const event = (reason: string, message: string, lastTimestamp: string): LiveObject => ({
  ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', uid: 'e', resourceVersion: '1' } },
  ...{ involvedObject: { uid: 'pod' }, reason, message, lastTimestamp },
})

suite('Why a pod is not ready', () => {
  test('is nothing for one that is ready, has done its work, or ends', () => {
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    assert.equal(podTrouble(pod(ready), []), undefined)
    assert.equal(podTrouble(pod({ phase: 'Succeeded' }), []), undefined)
    assert.equal(podTrouble(pod({ phase: 'Running' }, { deletionTimestamp: 'now' }), []), undefined)
  })

  const waits: readonly [string, string][] = [
    ['ImagePullBackOff', 'grave'],
    ['ErrImageNeverPull', 'hopeless'],
    ['InvalidImageName', 'hopeless'],
    ['CreateContainerConfigError', 'grave'],
  ]
  for (const [reason, severity] of waits) {
    test(`is what the container waits for: ${reason} is ${severity}`, () => {
      const found = podTrouble(pod(container({ waiting: { reason, message: 'because' } })), [])
      assert.deepEqual(found, { pod: 'desk-1', severity, reason, message: 'because' })
    })
  }

  test('is how its container ended, with its last words and where its log is', () => {
    const ended = { terminated: { exitCode: 2, reason: 'Error', message: 'INVALID_CONFIG: redis.host\n' } }
    const status = container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2, lastState: ended })
    assert.deepEqual(podTrouble(pod(status), []), {
      ...{ pod: 'desk-1', severity: 'grave', reason: 'CrashLoopBackOff' },
      message: 'exit code 2, 2 restarts: INVALID_CONFIG: redis.host',
      log: { container: 'agents', previous: true },
    })
    const often = container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4, lastState: ended })
    assert.equal(podTrouble(pod(often), [])?.severity, 'hopeless')
  })

  test('is how it ended also while a container that ends again and again runs for a moment', () => {
    const ended = { terminated: { exitCode: 2, reason: 'Error' } }
    const status = container({ running: {} }, { restartCount: 4, lastState: ended })
    const backOff = event('BackOff', 'Back-off restarting failed container', '2026-01-01T00:00:01Z')
    const found = podTrouble(pod({ phase: 'Running', ...status }), [backOff])
    assert.deepEqual([found?.severity, found?.message], ['hopeless', 'exit code 2, 4 restarts'])
    assert.deepEqual(found?.log, { container: 'agents', previous: true })
  })

  test('names memory where that was it', () => {
    const ended = { terminated: { exitCode: 137, reason: 'OOMKilled' } }
    const found = podTrouble(
      pod(container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 1, lastState: ended })),
      [],
    )
    assert.equal(found?.reason, 'OOMKilled')
    assert.match(found.message, /more memory than its limit/)
  })

  test('is where it could not be put', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes: Insufficient cpu' },
    ]
    const found = podTrouble(pod({ phase: 'Pending', conditions }), [])
    assert.deepEqual(found, {
      pod: 'desk-1',
      severity: 'waiting',
      reason: 'Unschedulable',
      message: '0/3 nodes: Insufficient cpu',
    })
  })

  test('is the last failure of its probe, which only events tell', () => {
    const events = [
      event('Unhealthy', 'Readiness probe failed: 503', '2026-01-01T00:00:02Z'),
      event('Unhealthy', 'Startup probe failed', '2026-01-01T00:00:01Z'),
    ]
    const found = podTrouble(pod({ phase: 'Running', ...container({ running: {} }) }), events)
    assert.equal(found?.message, 'Readiness probe failed: 503')
    assert.deepEqual(found.log, { container: 'agents', previous: false })
  })

  test('is told of one that was evicted', () => {
    const found = podTrouble(pod({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' }), [])
    assert.deepEqual([found?.reason, found?.message], ['Evicted', 'low on disk'])
  })
})
