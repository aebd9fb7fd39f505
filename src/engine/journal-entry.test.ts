import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INLINE_LIMIT } from '../core/entry.ts'
import { manualClock } from '../core/manual-clock.ts'
import { openMemoryStore } from '../store/memory/open.ts'
import { decodeEntry, mustSpill, spill, toEntry } from './journal-entry.ts'

const author = { tenant: 't', run: 'r', epoch: 1, release: 'x' }
const completed = (output: unknown) => toEntry(author, 1, 5, 'run-completed', { output })

describe('journal entries', () => {
  it('over the inline limit go into a blob and come back the same', async () => {
    const { blob } = openMemoryStore({ clock: manualClock() })
    for (const output of ['ü'.repeat(INLINE_LIMIT), 'x'.repeat(INLINE_LIMIT - 13)]) {
      const entry = completed(output)
      const [spilled] = await spill(blob, [entry])
      assert.ok(spilled !== undefined)
      assert.equal(mustSpill([entry]), entry.payload.byteLength > INLINE_LIMIT)
      assert.equal(spilled.blob !== undefined, entry.payload.byteLength > INLINE_LIMIT)
      assert.deepEqual((await decodeEntry(blob, spilled)).data, { output })
    }
  })

  it('of a newer version, or without their blob, are refused with what to do', async () => {
    const { blob } = openMemoryStore({ clock: manualClock() })
    await assert.rejects(decodeEntry(blob, { ...completed(1), version: 9 }), { code: 'STORE_TOO_NEW' })
    await assert.rejects(decodeEntry(blob, { ...completed(1), blob: 'none' }), { code: 'STORE_CORRUPT' })
  })

  it('that cannot be stored are not made', () => {
    assert.throws(() => completed(1n), { code: 'INVALID_ARGUMENT' })
  })
})
