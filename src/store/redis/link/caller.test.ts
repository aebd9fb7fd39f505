import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../../core/error.ts'
import { manualClock } from '../../../core/manual-clock.ts'
import { createCaller } from './caller.ts'
import { lost, unsent } from './failure.ts'
import type { Line } from './line.ts'
import type { Socket } from './socket.ts'
import type { Topology } from './topology.ts'
import { createWaiting } from './waiting.ts'

const address = { host: 'redis', port: 6379 }

/** A primary that answers as it is told, one call after the other, and remembers what was asked of it. */
function bed() {
  const clock = manualClock()
  const waiting = createWaiting(clock)
  const asked: string[] = []
  const answers: (Error | PolisError)[] = []
  let line: Line | undefined
  const main: Socket = {
    ...{
      address,
      onMessage: () => undefined,
      isGone: () => false,
      gone: new Promise(() => undefined),
      close: () => {},
    },
    send: async (command, ...args) => {
      const answer = answers.shift()
      asked.push(`${command} ${args.at(0)} ${args.at(-1)}${answer === undefined ? '' : ' ✗'}`)
      if (answer !== undefined) throw answer
      return args.at(-1)
    },
  }
  const connect = () => {
    const load = async () => void asked.push('load')
    line = { ...main, facts: {} as Line['facts'], main, side: main, confirm: async () => undefined, load }
    waiting.tell()
  }
  const topology: Topology = {
    line: () => line,
    next: async (_shard, until) => {
      const next = await waiting.when(until, () => line)
      if (next === undefined) throw new PolisError('INVALID_CONFIG', 'nobody there')
      return next
    },
    leave: () => {
      line = undefined
      asked.push('leave')
    },
    moved: (shard, to) => void asked.push(`moved ${shard} ${to?.port}`),
    ...{ home: () => '', onMove: () => undefined, lines: () => [], missing: () => undefined, close: () => undefined },
  }
  const options = { topology, library: 'lib', tag: (shard: number) => `{${shard}}:`, clock, patience: 1000 }
  const caller = createCaller(options)
  const call = async (text: string) => String(await caller(0, 'write', Buffer.from(text)))
  connect()
  const disconnect = () => {
    line = undefined
  }
  return { clock, asked, answers, call, connect, disconnect }
}

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' })

async function turns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined
}

describe('calls of the library', () => {
  it('are rejected without an answer, and not sent again (1)', async () => {
    const { answers, asked, call } = bed()
    answers.push(lost(address, 'reset'))
    await assert.rejects(call('a'), { code: 'STORE_UNAVAILABLE', message: /not known/ })
    assert.deepEqual(asked, ['fcall lib_write a ✗'])
  })

  it('are sent again, in their order, where Redis did nothing; later ones wait behind them (1, 2)', async () => {
    const { answers, asked, call } = bed()
    answers.push(reply('ERR Function not found'), reply('ERR Function not found'))
    const early = [call('a'), call('b')]
    await turns()
    assert.deepEqual(await Promise.all([...early, call('c')]), ['a', 'b', 'c'])
    const sent = ['a ✗', 'b ✗', 'a', 'b', 'c'].map((text) => `fcall lib_write ${text}`)
    assert.deepEqual(
      asked.filter((line) => line !== 'load'),
      sent,
    )
    assert.equal(asked.filter((line) => line === 'load').length, 1)
  })

  it('wait for another primary where this is none, and for another connection where this was gone (1)', async () => {
    const { answers, asked, call, connect } = bed()
    for (const answer of [reply('READONLY replica'), unsent(address)]) {
      asked.length = 0
      answers.push(answer)
      const called = call('a')
      await turns()
      assert.deepEqual(asked, ['fcall lib_write a ✗', 'leave'])
      connect()
      assert.equal(await called, 'a')
    }
  })

  it('are tried again while a slot moves, until their time is over (3)', async () => {
    const { clock, answers, asked, call } = bed()
    for (let attempt = 0; attempt < 100; attempt++) answers.push(reply('TRYAGAIN'))
    const refused = assert.rejects(call('a'), { code: 'STORE_UNAVAILABLE', message: /moving the slot/ })
    for (let step = 0; step < 60; step++) {
      await turns()
      clock.advance(20)
    }
    await refused
    assert.ok(asked.length > 10)
  })

  it('are refused when there was no connection in time, each after its own (3)', async () => {
    const { clock, call, connect, disconnect, asked } = bed()
    disconnect()
    // Whatever the reason is, it may pass.
    const first = assert.rejects(call('a'), { code: 'STORE_UNAVAILABLE', message: 'nobody there' })
    clock.advance(600)
    const second = call('b')
    await turns()
    clock.advance(400)
    await first
    connect()
    assert.equal(await second, 'b')
    assert.deepEqual(asked, ['fcall lib_write b'])
  })
})
