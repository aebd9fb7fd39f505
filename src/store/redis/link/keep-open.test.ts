import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../../core/error.ts'
import { manualClock } from '../../../core/manual-clock.ts'
import { seededRandom } from '../../../core/random.ts'
import { keepOpen, type Lasting } from './keep-open.ts'

interface Thing extends Lasting {
  readonly name: number
  end(): void
}

function bed() {
  const clock = manualClock()
  const opening: PromiseWithResolvers<Thing>[] = []
  const told: string[] = []
  const kept = keepOpen<Thing>({
    open: () => {
      const next = Promise.withResolvers<Thing>()
      opening.push(next)
      return next.promise
    },
    changed: (thing, missing) =>
      void told.push(thing === undefined ? (missing?.message ?? '') : `opened ${thing.name}`),
    ...{ clock, random: seededRandom(1) },
  })
  return { clock, opening, told, kept }
}

function createThing(name: number): Thing {
  const gone = Promise.withResolvers<PolisError>()
  let isGone = false
  const end = () => {
    isGone = true
    gone.resolve(lost(name))
  }
  return { name, isGone: () => isGone, gone: gone.promise, end, close: end }
}

const lost = (name: number) => new PolisError('STORE_UNAVAILABLE', `lost ${name}`)

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await undefined
}

describe('what is kept open', () => {
  it('is given to all who wait, and opened again when it is gone (1, 2)', async () => {
    const { clock, opening, told, kept } = bed()
    const waiting = [kept.next(clock.now() + 1000), kept.next(clock.now() + 1000)]
    const first = createThing(1)
    opening[0]?.resolve(first)
    assert.deepEqual(await Promise.all(waiting), [first, first])
    first.end()
    assert.equal(kept.current(), undefined)
    await turns()
    clock.advance(20)
    await turns()
    const second = createThing(2)
    opening[1]?.resolve(second)
    assert.equal(await kept.next(clock.now()), second)
    assert.deepEqual(told, ['opened 1', 'lost 1', 'opened 2'])
    kept.close()
  })

  it('is tried for again ever more slowly, and whoever waits too long hears why it failed (2)', async () => {
    const { clock, opening, kept } = bed()
    const late = assert.rejects(kept.next(clock.now() + 10), { message: 'nobody there' })
    opening[0]?.reject(new PolisError('STORE_UNAVAILABLE', 'nobody there'))
    await turns()
    clock.advance(10)
    await late
    const delays: number[] = []
    for (let attempt = 1; attempt < 12; attempt++) {
      const begun = clock.now()
      clock.advanceTo(clock.nextTimer() ?? 0)
      await turns()
      delays.push(clock.now() - begun)
      opening[attempt]?.reject(new Error('still nobody'))
      await turns()
    }
    assert.ok((delays[0] ?? 0) <= 40 && Math.max(...delays) <= 1000, delays.join())
    assert.ok((delays.at(-1) ?? 0) >= 500, delays.join())
    kept.close()
  })

  it('is left for another where it turned out to be the wrong one', async () => {
    const { clock, opening, told, kept } = bed()
    const first = createThing(1)
    opening[0]?.resolve(first)
    await kept.next(clock.now() + 1)
    kept.leave(first, new PolisError('STORE_UNAVAILABLE', 'is a replica'))
    assert.equal(kept.missing()?.message, 'is a replica')
    await turns()
    clock.advance(20)
    await turns()
    assert.equal(opening.length, 2)
    assert.deepEqual(told, ['opened 1', 'is a replica'])
    kept.close()
  })

  it('is closed for good, also what was still opening (3)', async () => {
    const { clock, opening, kept } = bed()
    const waiting = assert.rejects(kept.next(clock.now() + 1000), { message: /closed/ })
    kept.close()
    await waiting
    const late = createThing(1)
    opening[0]?.resolve(late)
    await turns()
    assert.ok(late.isGone())
    clock.advance(10_000)
    await turns()
    assert.equal(opening.length, 1)
    await assert.rejects(kept.next(clock.now() + 1000), { message: /closed/ })
  })
})
