import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { target } from '../fake/fixture.ts'
import { expired, lastGood, nextRevision, rollbackTarget } from './history.ts'
import { fromRecord, type Revision, type RevisionStatus, toRecord } from './revision.ts'

function revision(number: number, status: RevisionStatus, release = `r${number}`): Revision {
  return { number, status, cause: { kind: 'apply' }, by: 'ada', startedAt: number, target: target(release) }
}

const APPLY = { kind: 'apply' } as const

suite('The next revision', () => {
  test('is the first where there is none', () => {
    assert.deepEqual(nextRevision([], target('r1'), APPLY), { number: 1, interrupted: [], resumed: undefined })
  })

  test('goes on with one that was cut off, where it has the same target', () => {
    const cut = revision(2, 'applying')
    const next = nextRevision([revision(1, 'deployed'), cut], target('r2'), APPLY)
    assert.deepEqual([next.number, next.resumed, next.interrupted], [2, cut, []])
  })

  test('follows one that was cut off with another target, which is over then', () => {
    const cut = revision(2, 'applying')
    const next = nextRevision([cut, revision(1, 'deployed')], target('r3'), APPLY)
    assert.deepEqual([next.number, next.resumed, next.interrupted], [3, undefined, [cut]])
    assert.equal(nextRevision([cut], target('r2'), { kind: 'rollback', to: 1 }).resumed, undefined)
  })
})

suite('A way back', () => {
  test('leads to the last good revision where something failed since', () => {
    assert.equal(rollbackTarget([revision(1, 'deployed'), revision(2, 'failed')], undefined).number, 1)
  })

  test('leads to the one before where the last is good, passing what was the same', () => {
    const history = [revision(1, 'deployed', 'a'), revision(2, 'deployed', 'b'), revision(3, 'deployed', 'b')]
    assert.equal(rollbackTarget(history, undefined).number, 1)
  })

  test('leads where it is told, and nowhere where there is nothing', () => {
    const history = [revision(1, 'failed'), revision(2, 'deployed')]
    assert.equal(rollbackTarget(history, 1).number, 1)
    assert.throws(() => rollbackTarget(history, 9), /no revision 9; there are 1, 2/)
    assert.throws(() => rollbackTarget([], undefined), /there is none at all/)
    assert.equal(lastGood(history)?.number, 2)
  })
})

suite('Records', () => {
  test('that may go are the oldest, but none whose release still drains, nor the only way back', () => {
    const history = Array.from({ length: 14 }, (_, index) => revision(index + 1, 'deployed'))
    assert.deepEqual(
      expired(history, new Set()).map(({ number }) => number),
      [3, 2, 1],
    )
    assert.deepEqual(
      expired(history, new Set(['r2'])).map(({ number }) => number),
      [3, 1],
    )
    const failures = Array.from({ length: 12 }, (_, index) => revision(index + 2, 'failed'))
    const late = [revision(1, 'deployed'), ...failures, revision(14, 'deployed')]
    assert.ok(expired(late, new Set()).every(({ number }) => number !== 1))
  })

  test('read as they were written, and a damaged one as none', () => {
    const one = { ...revision(3, 'failed'), reason: 'why', message: 'no', finishedAt: 9 }
    assert.deepEqual(fromRecord(toRecord(one)), one)
    assert.equal(fromRecord({ ...toRecord(one), binaryData: { objects: 'AAAA' } }), undefined)
    assert.equal(fromRecord({ ...toRecord(one), data: {} }), undefined)
  })
})
