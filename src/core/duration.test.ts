import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatDuration, parseDuration } from './duration.ts'

describe('parseDuration', () => {
  it('reads numbers of milliseconds and texts with units', () => {
    const cases = {
      '250ms': 250,
      '1.5s': 1500,
      '10m': 600_000,
      '2h': 7_200_000,
      '30d': 2_592_000_000,
      '1w': 604_800_000,
      '1h 30m': 5_400_000,
      ' 5s ': 5000,
      '0s': 0,
    }
    for (const [text, expected] of Object.entries(cases)) assert.equal(parseDuration(text, 'timeout'), expected, text)
    assert.equal(parseDuration(0.6, 'timeout'), 1)
  })

  it('refuses what is none and names the option', () => {
    const wrong = [
      '',
      's',
      '-5s',
      '5 s x',
      '1e3s',
      '5y',
      '١s',
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      `${'9'.repeat(30)}d`,
      '1s '.repeat(200),
    ]
    for (const value of [...wrong, null, {}, true, 5n] as never[]) {
      assert.throws(
        () => parseDuration(value, 'retry.delay'),
        { code: 'INVALID_ARGUMENT', message: /^retry\.delay: expected a duration such as/ },
        String(value),
      )
    }
  })

  it('says what to do when only the unit is missing', () => {
    assert.throws(() => parseDuration('10', 'timeout'), { message: /got '10' \(add a unit: '10s'\?\)$/ })
  })

  it('either gives whole milliseconds or refuses, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          assert.ok(Number.isSafeInteger(parseDuration(value as string, 'x')))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'INVALID_ARGUMENT')
        }
      }),
    )
  })
})

describe('formatDuration', () => {
  it('shows the two largest units', () => {
    const cases = [
      [0, '0ms'],
      [0.42, '0.4ms'],
      [340.4, '340ms'],
      [999.6, '1s'],
      [1500, '1.5s'],
      [59_960, '1m'],
      [125_000, '2m 5s'],
      [10_800_000, '3h'],
      [187_200_000, '2d 4h'],
      [-1500, '-1.5s'],
    ] as const
    for (const [milliseconds, text] of cases) assert.equal(formatDuration(milliseconds), text)
  })

  it('is read back within five per cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (milliseconds) => {
        const again = parseDuration(formatDuration(milliseconds), 'x')
        assert.ok(
          Math.abs(again - milliseconds) <= milliseconds * 0.05,
          `${milliseconds} → ${formatDuration(milliseconds)}`,
        )
      }),
    )
  })
})
