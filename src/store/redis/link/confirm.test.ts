import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createConfirm } from './confirm.ts'
import { unsent } from './failure.ts'
import type { Socket } from './socket.ts'

const address = { host: 'redis', port: 6379 }

/** A connection that answers WAIT with so many replicas, and WAITAOF likewise. */
function bed(answer: () => unknown) {
  const sent: string[] = []
  const socket: Socket = {
    ...{
      address,
      onMessage: () => undefined,
      isGone: () => false,
      gone: new Promise(() => undefined),
      close: () => {},
    },
    send: async (command, ...args) => {
      sent.push([command, ...args.slice(-2)].join(' ').replace(/eval .*\s/, 'eval '))
      return command === 'eval' ? 'OK' : answer()
    },
  }
  return { sent, socket }
}

describe('the confirmation of calls', () => {
  it('is one wait for all of a turn, behind a write of its own (1, 2)', async () => {
    const { sent, socket } = bed(() => 2)
    const confirm = createConfirm(socket, { kind: 'replicas', count: 2 }, 1000)
    await Promise.all([confirm('{0}:'), confirm('{1}:')])
    await confirm('{0}:')
    assert.deepEqual(sent, ['eval {0}:mark', 'wait 2 500', 'eval {0}:mark', 'wait 2 500'])
  })

  it('is nothing where the reply is enough', async () => {
    const { sent, socket } = bed(() => assert.fail('nothing is asked'))
    await createConfirm(socket, { kind: 'none' }, 1000)('{0}:')
    assert.deepEqual(sent, [])
  })

  it('rejects what was not reached in time, for all who wait, and says how far it came', async () => {
    const { socket } = bed(() => 1)
    const confirm = createConfirm(socket, { kind: 'replicas', count: 2 }, 1000)
    const outcomes = await Promise.allSettled([confirm('{0}:'), confirm('{0}:')])
    for (const outcome of outcomes) {
      assert.equal(outcome.status, 'rejected')
      assert.match(String(outcome.reason), /1 of 2 replicas confirmed it within 0\.5 s/)
      assert.deepEqual(outcome.reason.details, { replicas: 1, wanted: 2 })
    }
    const fsync = createConfirm(bed(() => [0, 0]).socket, { kind: 'fsync' }, 1000)
    await assert.rejects(fsync('{0}:'), { code: 'STORE_UNAVAILABLE', message: /to disk within 0\.8 s.*not known/ })
  })

  it('never says that nothing was sent: what is to be confirmed was', async () => {
    const { socket } = bed(() => {
      throw unsent(address)
    })
    const confirm = createConfirm(socket, { kind: 'fsync' }, 1000)
    await assert.rejects(confirm('{0}:'), { code: 'STORE_UNAVAILABLE', message: /not known/, details: {} })
  })
})
