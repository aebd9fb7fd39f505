import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { problem } from '../../src/core/route/resource-schema.ts'
import { type Rest, startRest } from './harness.ts'
import { HOSTILE } from './hostile-input.ts'

describe('bad input over REST gets a problem that helps, and the server goes on', () => {
  let rest: Rest
  before(async () => {
    rest = await startRest()
  })
  after(async () => rest[Symbol.asyncDispose]())

  for (const { title, send, status, code, says } of HOSTILE) {
    test(title, async () => {
      const seen = await send(rest)
      assert.equal(seen.status, status, seen.text)
      assert.match(seen.headers.get('content-type') ?? '', /^application\/problem\+json/)
      const body = problem.parse(JSON.parse(seen.text))
      assert.equal(body.code, code)
      assert.match(body.detail, says)
      assert.doesNotMatch(seen.text, /node_modules|\.ts:\d|\\n +at /, 'no stack')
      assert.equal((await fetch(`${rest.api}/agents`)).status, 200, 'still answers')
    })
  }

  test('nothing of it reached the service', () => {
    const reached = rest.service.calls.filter((call) => !/ghost|"bad"/.test(call))
    assert.deepEqual(reached, [])
  })
})
