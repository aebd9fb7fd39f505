import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import type { PolisError } from '../../core/error.ts'
import { parseRequest } from './parse-request.ts'

const request = (parts: object) => ({ params: {}, query: {}, headers: {}, body: undefined, ...parts }) as FastifyRequest

test('A request is given as its schemas read it', () => {
  const { query } = parseRequest(
    'listRuns',
    request({
      query: { status: 'running', tag: ['a:b', 'c:d:e'], createdFrom: '2026-01-31T12:00:00Z', createdTo: '5' },
    }),
  )
  assert.deepEqual(query, {
    status: ['running'],
    tag: ['a:b', 'c:d:e'],
    createdFrom: Date.UTC(2026, 0, 31, 12),
    createdTo: 5,
    limit: 50,
  })
  const { body } = parseRequest(
    'submitRun',
    request({ body: { agent: 'echo', notBefore: '2026-01-31T12:00:00+01:00' } }),
  )
  assert.deepEqual(body, { agent: 'echo', notBefore: Date.UTC(2026, 0, 31, 11) })
})

test('Everything that is wrong is named at once, each with its place and its path', () => {
  const wrong = request({ params: { run: 'x' }, query: { after: 'y', limit: '5', extra: '1' } })
  assert.throws(
    () => parseRequest('listEntries', wrong),
    (error: PolisError) => {
      assert.equal(error.code, 'INVALID_ARGUMENT')
      const errors = error.details.errors as readonly { in: string; path: string }[]
      assert.deepEqual(
        errors.map((it) => `${it.in} ${it.path}`),
        ['path $.run', 'query $.after', 'query $'],
      )
      return true
    },
  )
})

test('A thousand wrong things are not a thousand lines', () => {
  const tags = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`t${n}`, 5]))
  assert.throws(
    () => parseRequest('submitRun', request({ body: { agent: 'echo', tags } })),
    (error: PolisError) =>
      error.message.length < 1000 &&
      /and 995 more/.test(error.message) &&
      (error.details.errors as readonly unknown[]).length === 50,
  )
})
