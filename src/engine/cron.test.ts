import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dueTicks, nextTick } from './cron.ts'

const at = (text: string) => new Date(text).getTime()

function ticks(cron: string, zone: string, from: string, count: number): string[] {
  const found: string[] = []
  for (let time = at(from); found.length < count; ) {
    time = nextTick(cron, zone, time) ?? Number.NaN
    found.push(new Date(time).toISOString())
  }
  return found
}

describe('ticks', () => {
  it('in the gap of daylight saving run once, right after it', () => {
    // 02:30 does not exist on these days.
    const berlin = ticks('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)
    assert.deepEqual(berlin, ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'])
    const newYork = ticks('30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', 2)
    assert.deepEqual(newYork, ['2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z'])
  })

  it('in the fold of daylight saving run once', () => {
    const berlin = ticks('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)
    assert.deepEqual(berlin, ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
    const newYork = ticks('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2)
    assert.deepEqual(newYork, ['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'])
  })

  it('at the end of a month skip months that are shorter, and find the last day', () => {
    assert.deepEqual(ticks('0 0 31 * *', 'UTC', '2026-01-31T12:00:00Z', 2), [
      '2026-03-31T00:00:00.000Z',
      '2026-05-31T00:00:00.000Z',
    ])
    assert.deepEqual(ticks('0 0 L * *', 'UTC', '2028-01-31T12:00:00Z', 2), [
      '2028-02-29T00:00:00.000Z',
      '2028-03-31T00:00:00.000Z',
    ])
  })

  it('that cannot be are refused with the pattern and the zone', () => {
    assert.throws(() => nextTick('61 * * * *', 'UTC', 0), { code: 'INVALID_ARGUMENT', message: /61/ })
    assert.throws(() => nextTick('0 0 * * *', 'Mars/Base', 0), { code: 'INVALID_ARGUMENT', message: /Mars/ })
  })
})

describe('due ticks', () => {
  const hourly = (missed: 'skip' | 'once' | 'all') => ({ cron: '0 * * * *', timeZone: 'UTC', missed })
  const from = at('2026-01-01T01:00:00Z')
  const now = at('2026-01-01T04:00:30Z')
  const hours = (list: readonly number[]) => list.map((tick) => new Date(tick).getUTCHours())

  it('that were missed are skipped, run once, or all run', () => {
    assert.deepEqual(hours(dueTicks(hourly('skip'), from, now).ticks), [4])
    assert.deepEqual(hours(dueTicks(hourly('once'), from, now).ticks), [4])
    assert.deepEqual(hours(dueTicks(hourly('all'), from, now).ticks), [1, 2, 3, 4])
    assert.equal(dueTicks(hourly('skip'), from, now).missed, 3)
  })

  it('that were all missed: skip runs none, once the last', () => {
    const late = at('2026-01-01T04:30:00Z')
    assert.deepEqual(hours(dueTicks(hourly('skip'), from, late).ticks), [])
    assert.deepEqual(hours(dueTicks(hourly('once'), from, late).ticks), [4])
    assert.equal(dueTicks(hourly('once'), from, late).nextAt, at('2026-01-01T05:00:00Z'))
  })

  it('of a long absence are bounded to the latest, and the next is in the future', () => {
    const end = from + 30 * 86_400_000
    const due = dueTicks({ cron: '* * * * *', timeZone: 'UTC', missed: 'all' }, from, end)
    assert.equal(due.ticks.length, 1000)
    assert.equal(due.ticks[0], end - 999 * 60_000)
    assert.equal(due.ticks.at(-1), end)
    assert.equal(due.nextAt, end + 60_000)
    assert.deepEqual(dueTicks({ cron: '* * * * *', timeZone: 'UTC', missed: 'once' }, from, end).ticks, [end])
  })
})
