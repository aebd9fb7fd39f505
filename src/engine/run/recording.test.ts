import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DecodedEntry, EntryBodies, EntryKind } from '../../core/entry.ts'
import { placeOf, readRecording } from './recording.ts'

const submitted: EntryBodies['run-submitted'] = { agent: 'a', input: 1, tags: {}, priority: 0 }

function journal(...entries: { [K in EntryKind]: readonly [K, EntryBodies[K]] }[EntryKind][]): DecodedEntry[] {
  const all = [['run-submitted', submitted] as const, ...entries]
  const header = { version: 1, tenant: 't', run: 'r', epoch: 1, time: 5, release: 'x' }
  return all.map(([kind, data], at) => ({ ...header, sequence: at + 1, kind, data }) as DecodedEntry)
}

const error = { code: 'STEP_FAILED', message: 'no' }
const done = (id: string, index: number, output: unknown = id) =>
  ['step-completed', { id, index, attempt: 1, ms: 0, output }] as const
const failed = (id: string, index: number) => ['step-failed', { id, index, attempt: 1, ms: 0, error }] as const

describe('a recording', () => {
  it('finds operations by scope and index, and hands out in journal order (invariants 1 and 2)', () => {
    const { operations, handOuts } = readRecording(journal(done('all/x/b', 0), done('a', 0)))
    assert.equal(operations.get(placeOf('', 0))?.id, 'a')
    assert.equal(operations.get(placeOf('all/x', 0))?.id, 'all/x/b')
    assert.deepEqual(
      handOuts.map((next) => next.kind === 'closing' && next.recorded.id),
      ['all/x/b', 'a'],
    )
  })

  it('refuses a journal without a beginning', () => {
    assert.throws(() => readRecording([]), TypeError)
  })

  it('knows of a step that was begun and did not end that its outcome is unknown', () => {
    const ref = { id: 'a', index: 0 }
    const begun = journal(['step-started', { ...ref, attempt: 2, effect: 'once' }])
    assert.equal(readRecording(begun).operations.get(placeOf('', 0))?.uncertain, true)
    const known = journal(
      ['step-started', { ...ref, attempt: 2, effect: 'once' }],
      ['step-retrying', { ...ref, attempt: 2, error, at: 9 }],
    )
    const recorded = readRecording(known).operations.get(placeOf('', 0))
    assert.deepEqual([recorded?.uncertain, recorded?.attempt, recorded?.retryAt], [false, 2, 9])
  })

  it('lets an operation end once, however often its end stands there', () => {
    const { operations, handOuts } = readRecording(journal(done('a', 0, 1), done('a', 0, 2)))
    assert.deepEqual(operations.get(placeOf('', 0))?.closing, { kind: 'value', value: 1 })
    assert.equal(handOuts.length, 1)
  })

  it('hands values and race decisions out by place alone, never in a turn', () => {
    const { handOuts } = readRecording(
      journal(
        ['value-recorded', { id: 'now', index: 0, value: 1 }],
        ['race-decided', { id: 'race', index: 1, winner: 'x' }],
      ),
    )
    assert.equal(handOuts.length, 0)
  })

  it('keeps messages that nobody received', () => {
    const { messages } = readRecording(
      journal(
        ['message-arrived', { message: 'm1', name: 'n', data: 1 }],
        ['message-arrived', { message: 'm2', name: 'n', data: 2 }],
        ['message-received', { id: 'n', index: 0, message: 'm1', data: 1 }],
      ),
    )
    assert.deepEqual(messages.get('n'), [{ message: 'm2', data: 2 }])
  })

  it('forgets the failure that a retry takes back, and binds nobody to what came after it (invariant 3)', () => {
    const { operations, handOuts } = readRecording(
      journal(
        done('a', 0),
        failed('b', 1),
        done('clean', 2),
        ['run-failed', { error, step: 'b', at: 3 }],
        ['run-retried', { from: 3 }],
      ),
    )
    assert.equal(operations.get(placeOf('', 0))?.optional, false)
    assert.equal(operations.has(placeOf('', 1)), false)
    assert.equal(operations.get(placeOf('', 2))?.optional, true)
    assert.equal(handOuts.length, 1)
  })

  it('asks again after a retry what the end of the run had closed', () => {
    const asked = ['question-asked', { id: 'q', index: 0, question: '?', schema: {} }] as const
    const ended = [
      ['run-failed', { error }],
      ['run-retried', { from: 3 }],
    ] as const
    assert.equal(readRecording(journal(asked)).operations.get(placeOf('', 0))?.asked, 'q')
    assert.equal(readRecording(journal(asked, ...ended)).operations.get(placeOf('', 0))?.asked, undefined)
  })

  it('gives a message back that only the failed attempt received', () => {
    const { messages, operations } = readRecording(
      journal(
        ['message-arrived', { message: 'm', name: 'n', data: 1 }],
        failed('b', 0),
        ['message-received', { id: 'n', index: 1, message: 'm', data: 1 }],
        ['run-failed', { error, at: 3 }],
        ['run-retried', { from: 3 }],
      ),
    )
    assert.deepEqual(messages.get('n'), [{ message: 'm', data: 1 }])
    assert.equal(operations.get(placeOf('', 1))?.closing, undefined)
  })
})
