import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { LiveObject } from '../api.ts'
import type { Health } from './health.ts'
import type { PodTrouble } from './pod.ts'
import { type ObjectFacts, verdictOf } from './verdict.ts'

const LIVE: LiveObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'desk', uid: 'u', resourceVersion: '1' },
}
const WAITING: Health = { kind: 'waiting', reason: '0 of 2' }

function facts(health: Health, severity?: PodTrouble['severity']): ObjectFacts {
  const troubles: readonly PodTrouble[] =
    severity === undefined ? [] : [{ pod: 'p', severity, reason: 'r', message: 'm' }]
  return { ref: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'desk' }, live: LIVE, health, troubles }
}

suite('What whoever waits does next', () => {
  test('is to go on once everything is healthy, saying what is worth a word', () => {
    const verdict = verdictOf([facts({ kind: 'healthy', note: 'does not scale' })], new Map(), 0, 100)
    assert.deepEqual(verdict, { kind: 'healthy', notes: ['Deployment desk does not scale'] })
  })

  test('is to wait until the deadline', () => {
    assert.equal(verdictOf([facts(WAITING)], new Map(), 99, 100).kind, 'waiting')
    const late = verdictOf([facts(WAITING)], new Map(), 100, 100)
    assert.ok(late.kind === 'failed' && late.why === 'deadline')
  })

  test('is to give up at once what does not mend', () => {
    for (const each of [facts({ kind: 'failed', reason: 'gave up' }), facts(WAITING, 'hopeless')])
      assert.equal(verdictOf([each], new Map(), 0, 100).kind, 'failed')
  })

  test('is to give up what is grave for a while, and not what is grave a moment', () => {
    const first = verdictOf([facts(WAITING, 'grave')], new Map(), 1000, 1e9)
    assert.ok(first.kind === 'waiting')
    const second = verdictOf([facts(WAITING, 'grave')], first.memory, 90_999, 1e9)
    assert.ok(second.kind === 'waiting')
    assert.equal(verdictOf([facts(WAITING, 'grave')], second.memory, 91_000, 1e9).kind, 'failed')
  })

  test('forgets a trouble that has passed', () => {
    const first = verdictOf([facts(WAITING, 'grave')], new Map(), 1000, 1e9)
    assert.ok(first.kind === 'waiting')
    const passed = verdictOf([facts(WAITING)], first.memory, 50_000, 1e9)
    assert.ok(passed.kind === 'waiting')
    assert.equal(verdictOf([facts(WAITING, 'grave')], passed.memory, 95_000, 1e9).kind, 'waiting')
  })

  test('waits for what is not there', () => {
    const verdict = verdictOf([{ ...facts(WAITING), live: undefined }], new Map(), 0, 100)
    assert.ok(verdict.kind === 'waiting')
    assert.equal(verdict.reasons[0]?.reason, 'is not there')
  })
})
