import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { LONGEST_WAIT } from '../../core/route/longest-wait.ts'
import { readWait, within } from './wait.ts'

test('The wait is that of the query, else of the Prefer header, and has a limit', () => {
  assert.equal(readWait(undefined, undefined), undefined)
  assert.equal(readWait(2000, 'wait=9'), 2000)
  for (const prefer of ['wait=9', 'respond-async, wait=9', 'wait = "9"; x=y', 'WAIT=9,return=minimal'])
    assert.equal(readWait(undefined, prefer), 9000, prefer)
  for (const prefer of ['', 'await=9', 'wait=', 'wait=-1', 'wait=soon', 'wait=9x'])
    assert.equal(readWait(undefined, prefer), undefined, prefer)
  assert.equal(readWait(undefined, 'wait=999999999'), LONGEST_WAIT)
})

test('A wait ends at its limit, or when the client has gone, and leaves no timer', async () => {
  const clock = manualClock()
  const gone = new AbortController()
  const wait = () =>
    within(
      5000,
      clock,
      gone.signal,
      (signal) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('over'))),
    )
  const first = wait()
  clock.advance(5000)
  assert.equal(await first, 'over')
  const second = wait()
  gone.abort()
  assert.equal(await second, 'over')
  assert.equal(clock.nextTimer(), undefined)
})
