import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../core/error.ts'
import { createLog, type LogOptions, silentLog, wantsColor } from './log.ts'

function createTestLog(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  return { lines, log: createLog({ level: 'info', format: 'json', destination, now: () => 0, ...options }) }
}

describe('the JSON log', () => {
  it('writes one object a line, with the fields of its parents', () => {
    const { lines, log } = createTestLog()
    log.child({ component: 'worker' }).info({ run: 'run_1' }, 'claimed')
    assert.deepEqual(lines, [
      '{"level":"info","time":"1970-01-01T00:00:00.000Z","component":"worker","run":"run_1","message":"claimed"}\n',
    ])
  })

  it('leaves out what is below its level', () => {
    const { lines, log } = createTestLog({ level: 'warn' })
    log.info(
      {
        get never() {
          return assert.fail('looked at')
        },
      },
      'no',
    )
    log.error({}, 'yes')
    assert.equal(lines.length, 1)
  })

  it('holds no secret, wherever it stands', () => {
    const { lines, log } = createTestLog()
    const key = 'polis_0123456789abcdefghij'
    const error = new PolisError('FORBIDDEN', `refused ${key}`, {
      cause: new Error(`at ${key}`),
      details: { token: 'hush', list: [key] },
    })
    log
      .child({ password: 'hush' })
      .info({ headers: { authorization: 'hush', cookie: 'hush' }, map: new Map([['a', key]]), error }, `used ${key}`)
    assert.doesNotMatch(lines.join(''), /hush|0123456789abc/)
    assert.equal(JSON.parse(lines[0] ?? '').error.code, 'FORBIDDEN')
  })

  it('survives whatever it is given', () => {
    const { lines, log } = createTestLog()
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const values = {
      cycle,
      big: 1n,
      bytes: new Uint8Array(9),
      call: () => 1,
      at: new Date(Number.NaN),
      many: Array(1000).fill(1),
      long: 'x'.repeat(50_000),
      none: undefined,
    }
    log.info(values, 'odd')
    const { many, long, ...line } = JSON.parse(lines[0] ?? '')
    assert.deepEqual([line.big, line.bytes, line.call, line.at], ['1', '[9 bytes]', '[function call]', 'Invalid Date'])
    assert.equal(many.length, 101)
    assert.ok(long.length < 11_000)
  })

  it('does not let a field forge what the log itself says', () => {
    const { lines, log } = createTestLog()
    log.info({ level: 'error', message: 'forged', time: 'never' }, 'true')
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      level: 'info',
      time: '1970-01-01T00:00:00.000Z',
      level_: 'error',
      message_: 'forged',
      time_: 'never',
      message: 'true',
    })
  })
})

describe('the pretty log', () => {
  it('shows time, level, message and fields, and where an error began', () => {
    const { lines, log } = createTestLog({ format: 'pretty' })
    log.info({ run: 'run_1', note: 'two words', list: [1] }, 'claimed')
    log.error({ error: PolisError.from(new TypeError('bad'), 'STEP_FAILED') }, 'failed')
    assert.equal(lines[0], '00:00:00.000 INFO  claimed run=run_1 note="two words" list=[1]\n')
    assert.match(lines[1] ?? '', /^00:00:00\.000 ERROR failed error=bad code=STEP_FAILED\n {2}at .*log\.test\.ts/)
  })

  it('lets nothing move the cursor or forge a line: further lines of a message are indented', () => {
    const { lines, log } = createTestLog({ format: 'pretty' })
    log.info({ 'na\nme': 'a\u001b[2J' }, 'one\ntwo\u009b')
    assert.equal(lines[0], '00:00:00.000 INFO  one\n    two\\x9b na\\x0ame="a\\u001b[2J"\n')
  })

  it('is coloured only when asked', () => {
    const { lines, log } = createTestLog({ format: 'pretty', color: true })
    log.warn({}, 'careful')
    assert.ok(lines[0]?.includes('\u001b[33mWARN \u001b[39m'))
  })

  it('is asked for colour by a terminal, unless NO_COLOR is set', () => {
    assert.equal(wantsColor({}, true), true)
    assert.equal(wantsColor({}, false), false)
    assert.equal(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false)
    assert.equal(wantsColor({ NO_COLOR: '' }, true), true)
    assert.equal(wantsColor({ FORCE_COLOR: '1' }, false), true)
    assert.equal(wantsColor({ TERM: 'dumb' }, true), false)
  })
})

describe('the silent log', () => {
  it('takes everything and says nothing', () => {
    silentLog.child({}).error({}, 'unheard')
  })
})
