import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { readAnswer } from './answer.ts'
import { createGroup } from './group.ts'
import { type Operation, plainOperation } from './operation.ts'
import { createPacker, type Value } from './pack.ts'

interface Call {
  readonly texts: readonly string[]
  /** Answers each text with itself. */
  echo(): void
  answer(answers: readonly Value[]): void
  fail(reason: PolisError): void
}

describe('a group', () => {
  it('sends the operations of one turn in one call, in their order', async () => {
    const { calls, send } = bed()
    const answers = Promise.all(['a', 'b', 'c'].map((text) => send(text)))
    await setImmediate()
    assert.deepEqual(
      calls.map(({ texts }) => texts),
      [['a', 'b', 'c']],
    )
    calls[0]?.echo()
    assert.deepEqual(await answers, ['a', 'b', 'c'])
  })

  it('sends the half of what waits, so many calls at once, and the rest as they are answered', async () => {
    const { calls, send, group } = bed()
    const answers = Promise.all(Array.from({ length: 1000 }, (_, index) => send(`${index}`)))
    await setImmediate()
    assert.deepEqual(
      calls.map(({ texts }) => texts.length),
      [256, 256, 244, 122],
    )
    calls[1]?.echo()
    await setImmediate()
    assert.equal(calls[4]?.texts.length, 61)
    for (let index = 0; index < calls.length; index++) {
      calls[index]?.echo()
      await setImmediate()
    }
    assert.equal((await answers).join(), Array.from({ length: 1000 }, (_, index) => index).join())
    await group.drain()
  })

  it('sends what is large in several calls', async () => {
    const { calls, send } = bed()
    for (let index = 0; index < 3; index++) void send('x'.repeat(200_000))
    await setImmediate()
    assert.deepEqual(
      calls.map(({ texts }) => texts.length),
      [2, 1],
    )
  })

  it('rejects the operations of a call that fails, and no others', async () => {
    const { calls, send } = bed()
    const lost = Promise.allSettled([send('a'), send('b')])
    await setImmediate()
    const kept = send('c')
    await setImmediate()
    calls[0]?.fail(new PolisError('STORE_UNAVAILABLE', 'no answer'))
    calls[1]?.echo()
    assert.equal(await kept, 'c')
    for (const outcome of await lost) {
      assert.ok(outcome.status === 'rejected' && PolisError.from(outcome.reason).code === 'STORE_UNAVAILABLE')
    }
  })

  it('lets one that is refused, or not understood, harm no other', async () => {
    const { calls, send } = bed()
    const outcomes = Promise.allSettled(['a', 'b', 'c', 'd'].map((text) => send(text)))
    await setImmediate()
    calls[0]?.answer(['a', { code: 'CONFLICT', message: 'no' }, ['not', 'text'], 'd'])
    assert.deepEqual(
      (await outcomes).map((one) => (one.status === 'fulfilled' ? one.value : PolisError.from(one.reason).code)),
      ['a', 'CONFLICT', 'INTERNAL', 'd'],
    )
  })

  it('lets one that cannot be packed harm no other', async () => {
    const { calls, send, group } = bed()
    const broken: Operation<never> = {
      pack: (out) => {
        out.text('half of it')
        throw new PolisError('INVALID_ARGUMENT', 'cannot be packed')
      },
      read: () => assert.fail('it was never sent'),
    }
    const outcomes = Promise.allSettled([send('a'), group.send(broken), send('b')])
    await setImmediate()
    calls[0]?.echo()
    assert.deepEqual(
      (await outcomes).map((one) => (one.status === 'fulfilled' ? one.value : PolisError.from(one.reason).code)),
      ['a', 'INVALID_ARGUMENT', 'b'],
    )
  })

  it('is drained once all is answered', async () => {
    const { calls, send, group } = bed()
    const answer = send('a')
    let isDrained = false
    const drained = group.drain().then(() => {
      isDrained = true
    })
    await setImmediate()
    assert.equal(isDrained, false)
    calls[0]?.echo()
    await drained
    assert.equal(await answer, 'a')
  })
})

function bed() {
  const calls: Call[] = []
  const group = createGroup({
    packer: createPacker(),
    now: () => 7,
    call: (payload) => {
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
      const texts = textsOf(payload)
      const answer = (answers: readonly Value[]) => resolve(packed([answers, [], []]))
      calls.push({ texts, answer, echo: () => answer(texts), fail: reject })
      return promise
    },
    told: () => {},
    measured: () => {},
  })
  const send = (text: string) => group.send(plainOperation([text], (answer) => answer.text()))
  return { calls, group, send }
}

function textsOf(payload: Buffer): readonly string[] {
  const given = readAnswer(payload)
  given.array()
  assert.equal(given.number(), 7)
  return Array.from({ length: given.array() }, () => {
    given.array()
    return given.text()
  })
}

function packed(value: Value): Buffer {
  const packer = createPacker()
  packer.value(value)
  return packer.take()
}
