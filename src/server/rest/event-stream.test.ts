import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { DecodedEntry } from '../../core/entry.ts'
import { manualClock } from '../../core/manual-clock.ts'
import type { RunView } from '../../core/route/wire.ts'
import { createTransients } from '../../core/transient.ts'
import { endFrame, entryFrame, transientFrame } from './event-frame.ts'
import { createEventStream } from './event-stream.ts'

const LIMITS = { heartbeat: 15_000, stall: 60_000 }
const RUN = { run: 'run_x', status: 'completed' } as RunView

describe('the event stream of a run', () => {
  it('writes each entry once, in order, then the end', async () => {
    const { stream } = open(endless(3))
    assert.deepEqual(names(await readAll(stream)), ['1 event-emitted', '2 event-emitted', '3 event-emitted', 'end'])
  })

  it('asks for the next entry only after the last one was taken', async () => {
    const source = endless(10_000, 'x'.repeat(10_000))
    const { stream, clock } = open(source)
    for (let n = 0; n < 50; n++) await turn()
    assert.ok(source.asked() < 10, `${source.asked()} entries for a client that reads nothing`)
    stream.read()
    for (let n = 0; n < 50; n++) await turn()
    assert.ok(source.asked() < 20)
    stream.destroy()
    await once(stream, 'close')
    await turn()
    assert.equal(source.open(), 0)
    assert.equal(clock.nextTimer(), undefined)
  })

  it('drops a client that takes nothing for a minute', async () => {
    const source = endless(10_000, 'x'.repeat(10_000))
    const { stream, clock } = open(source)
    for (let n = 0; n < 50; n++) await turn()
    clock.advance(LIMITS.stall)
    assert.ok(stream.destroyed)
    await turn()
    assert.equal(source.open(), 0)
  })

  it('says something every 15 s, so that proxies keep it open', async () => {
    const { stream, clock } = open(endless(0, '', true))
    clock.advance(45_000)
    await turn()
    assert.equal(readHeld(stream).split(': heartbeat').length - 1, 3)
    stream.destroy()
    await once(stream, 'close')
    assert.equal(clock.nextTimer(), undefined, 'no timer is left')
  })

  it('passes transient events on without an id, and drops them while the client lags behind', async () => {
    const { stream, transients } = open(endless(0, '', true))
    const event = { tenant: 't', run: 'run_x', step: 'a', kind: 'delta', data: 'y'.repeat(1000) } as const
    for (let n = 0; n < 1000; n++) transients.publish(event)
    assert.ok(stream.readableLength < 80_000, `${stream.readableLength} bytes are held`)
    assert.match(readHeld(stream), /^retry: 1000\n\nevent: delta\ndata: \{"kind":"delta","step":"a"/)
    stream.destroy()
  })

  it('ends without `end` when it is cut, so that the client comes back', async () => {
    const cut = new AbortController()
    const { stream } = open(endless(2, '', true), cut.signal)
    const all = readAll(stream)
    await turn()
    cut.abort()
    assert.deepEqual(names(await all), ['1 event-emitted', '2 event-emitted'])
  })

  it('breaks off when the journal cannot be read', async () => {
    const { stream } = open({
      async *entries() {
        yield entry(1, '')
        throw new Error('the store is gone')
      },
    })
    await assert.rejects(readAll(stream), /the store is gone/)
  })
})

interface Source {
  entries(signal: AbortSignal): AsyncIterable<DecodedEntry>
}

function open({ entries }: Source, signal: AbortSignal = new AbortController().signal) {
  const clock = manualClock()
  const transients = createTransients()
  const stream = createEventStream({
    async *entries(until) {
      for await (const entry of entries(until)) yield entryFrame(entry)
    },
    transients: (listener) => transients.subscribe('run_x', (event) => listener(transientFrame(event))),
    end: async () => endFrame(RUN),
    clock,
    limits: LIMITS,
    signal,
  })
  return { stream, clock, transients }
}

function endless(count: number, data = '', waits = false) {
  let asked = 0
  let isOpen = 0
  return {
    asked: () => asked,
    open: () => isOpen,
    async *entries(signal: AbortSignal) {
      isOpen++
      try {
        while (asked < count && !signal.aborted) yield entry(++asked, data)
        if (waits && !signal.aborted) await once(signal, 'abort')
      } finally {
        isOpen--
      }
    },
  }
}

function entry(sequence: number, data: string): DecodedEntry {
  const header = { version: 1, tenant: 't', run: 'run_x', sequence, epoch: 1, time: 1, release: 'r' }
  return { ...header, kind: 'event-emitted', data: { id: 'e', index: 0, name: 'n', data } }
}

function readHeld(stream: Readable): string {
  let text = ''
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk
  return text
}

async function readAll(stream: Readable): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString()
}

function names(text: string): string[] {
  return [...text.matchAll(/(?:id: (\d+)\n)?event: (\S+)/g)].map(
    ([, id, name]) => (id === undefined ? '' : `${id} `) + name,
  )
}
