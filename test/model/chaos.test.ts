import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { DecodedEntry } from '../../src/core/entry.ts'
import { openBed, type Played } from './bed.ts'
import { ANSWER, FAULTS, type Fault, KEY, PROVIDERS, startMock } from './mock.ts'

const mock = await startMock()
const bed = await openBed(mock.config, { MOCK_KEY: KEY })
after(async () => {
  await bed[Symbol.asyncDispose]()
  await mock[Symbol.asyncDispose]()
})

/** The code and the word with which a failure is told; whether the provider had begun to answer. */
const EXPECTED: Readonly<Record<Fault, readonly [code: string, reasons: readonly string[]]>> = {
  'rate-limit': ['MODEL_UNAVAILABLE', ['rate-limit']],
  'server-error': ['MODEL_UNAVAILABLE', ['server']],
  malformed: ['MODEL_UNAVAILABLE', ['malformed']],
  disconnect: ['MODEL_UNAVAILABLE', ['network', 'cut']],
  cut: ['MODEL_UNAVAILABLE', ['cut']],
  slow: ['MODEL_TIMEOUT', ['firstToken', 'total']],
}
/** Whether a request that fails so may have cost something: nobody knows of one that began to be answered, or never was. */
const COSTS: Readonly<Record<Fault, boolean>> = {
  ...{ 'rate-limit': false, 'server-error': false, malformed: true, disconnect: true, cut: true, slow: true },
}
const faults = Object.keys(FAULTS) as Fault[]

for (const provider of PROVIDERS) {
  describe(`a run that asks ${provider}`, () => {
    for (const fault of faults) {
      for (const streamed of [false, true]) {
        // An answer that comes at once is either there or not.
        if (fault === 'cut' && !streamed) continue
        it(`recovers from ${fault} by a second attempt${streamed ? ', streamed' : ''}`, async () => {
          mock.fail(fault, 1)
          const hangs = () => (provider === 'demo' ? fault === 'slow' : mock.hangs())
          const ask = { models: [`${provider}/m`], text: `${fault} once`, streamed }
          const played = await bed.play(ask, hangs)
          const { view, entries, deltas } = played
          assert.equal(view.status, 'completed', JSON.stringify(view.error))
          assert.equal(textOf(view.output), ANSWER)
          assert.equal(deltas > 0, streamed)
          const [retry, ...more] = entries.filter(({ kind }) => kind === 'step-retrying')
          assert.equal(more.length, 0)
          const { code, details = {} } = errorOf(retry)
          const [expected, reasons] = EXPECTED[fault]
          assert.deepEqual([code, reasons.includes(String(details.reason))], [expected, true], JSON.stringify(details))
          if (fault === 'rate-limit')
            assert.equal(waitOf(retry, entries) >= 2000, true, 'it waits as long as it is told')
          if (provider !== 'demo') assert.equal(mock.requests(), 2)
          checkCharges(played, COSTS[fault])
        })
      }
    }
  })
}

describe('a run whose provider stays broken', () => {
  it('falls back to the next model of its chain', async () => {
    mock.fail('server-error', 3)
    const { view, entries } = await bed.play({ models: ['openai/m', 'anthropic/m'], text: 'hello', streamed: true })
    assert.equal(textOf(view.output), ANSWER)
    assert.equal(entries.filter(({ kind }) => kind === 'step-failed').length, 1)
    assert.deepEqual(
      mock.journal().map(({ path }) => path),
      ['/v1/responses', '/v1/responses', '/v1/responses', '/v1/messages'],
    )
  })

  it('fails with an error that says what happened, and holds neither key nor prompt', async () => {
    mock.fail('server-error', 3)
    const { view, entries, cost } = await bed.play({
      models: ['azure/m'],
      text: 'the secret of the pyramids',
      streamed: false,
    })
    assert.equal(view.status, 'failed')
    assert.equal(view.error?.message, 'Model azure/m: the provider failed (500) (Out of order)')
    assert.equal(cost.calls, 0, 'what a server refused costs nothing')
    const failures = entries.filter(({ kind }) => kind === 'step-retrying' || kind === 'step-failed')
    assert.equal(failures.length, 3)
    assert.doesNotMatch(JSON.stringify(failures), /pyramids|sk-test/)
  })
})

// One charge for the answer, as the server says what it used; one more, assumed, for a request whose outcome nobody knows.
function checkCharges({ entries, cost }: Played, costs: boolean): void {
  const charges = entries.flatMap((entry) => ('charge' in entry.data && entry.data.charge ? [entry.data.charge] : []))
  assert.equal(new Set(charges.map(({ id }) => id)).size, charges.length)
  const [assumed, real] = [charges.filter((it) => it.assumed), charges.filter((it) => !it.assumed)]
  assert.deepEqual([assumed.length, real.length], [costs ? 1 : 0, 1])
  const [charge] = real
  if (charge?.provider !== 'demo') {
    assert.deepEqual(charge?.usage, { input: 21, cachedInput: 0, cacheWrite: 0, output: 9, reasoning: 0 })
    assert.equal(charge?.nanos, 21 * 2000 + 9 * 10_000)
    for (const { nanos = 0 } of assumed) assert.ok(nanos >= (charge.nanos ?? 0), 'it is the most that it can have cost')
  }
  assert.deepEqual([cost.calls, cost.assumed.calls], [charges.length, assumed.length])
  assert.equal(
    cost.nanos,
    charges.reduce((sum, { nanos = 0 }) => sum + nanos, 0),
  )
}

function textOf(output: unknown): string {
  // The step's value, as the model answered it.
  const { content } = output as { content: readonly { type: string; text?: string }[] }
  return content.map(({ type, text }) => (type === 'text' ? text : '')).join('')
}

function errorOf(entry: DecodedEntry | undefined) {
  assert.ok(entry?.kind === 'step-retrying')
  return entry.data.error
}

function waitOf(retry: DecodedEntry | undefined, entries: readonly DecodedEntry[]): number {
  const done = entries.find(({ kind }) => kind === 'step-completed')
  return (done?.time ?? 0) - (retry?.time ?? 0)
}
