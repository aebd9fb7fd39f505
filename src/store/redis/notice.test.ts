import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createNotice } from './notice.ts'

describe('a notice', () => {
  it('tells of a turn at once: what changed, and what of it is quiet', async () => {
    const { told, notice } = bed()
    notice.tell(['r1'], ['r2'])
    notice.tell(['r2'], ['r3', 'r1'])
    await setImmediate()
    assert.deepEqual(told, [{ runs: ['r1', 'r2', 'r3'], quiet: ['r3'] }])
  })

  it('says that it does not know, and begins anew', async () => {
    const { told, notice } = bed()
    notice.tell(['r1'])
    notice.tell(undefined)
    await setImmediate()
    notice.tell(['r2'])
    await setImmediate()
    assert.deepEqual(told, [
      { runs: undefined, quiet: [] },
      { runs: ['r2'], quiet: [] },
    ])
  })

  it('says whether runs wait to be claimed, if anyone said so or did not know', async () => {
    const { notice } = bed()
    const heard: unknown[] = []
    notice.watch((_runs, _quiet, waiting) => heard.push(waiting))
    for (const said of [[false, false], [false, true], [undefined]]) {
      for (const waiting of said) notice.tell(['r1'], [], waiting)
      await setImmediate()
    }
    assert.deepEqual(heard, [false, true, true])
  })

  it('says nothing of nothing, nor once it is stopped', async () => {
    const { told, notice } = bed()
    notice.tell([])
    await setImmediate()
    notice.tell(['r1'])
    notice.stop()
    await setImmediate()
    assert.deepEqual(told, [])
  })
})

function bed() {
  const notice = createNotice()
  const told: { runs: readonly string[] | undefined; quiet: readonly string[] }[] = []
  notice.watch((runs, quiet) => told.push({ runs: runs && [...runs].sort(), quiet: [...quiet] }))
  return { notice, told }
}
