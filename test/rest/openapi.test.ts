import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { OPERATIONS } from '../../src/core/route/operation.ts'
import { createOpenApi } from '../../src/server/rest/openapi.ts'
import { startRest } from './harness.ts'

test('the OpenAPI document passes the recommended rules without an error or a warning', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: JSON.stringify(createOpenApi()), config })
  assert.deepEqual(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    [],
  )
})

test('every operation of the table is in the document, and is served', async () => {
  await using rest = await startRest()
  const response = await fetch(`${rest.api}/openapi.json`)
  assert.equal(response.status, 200)
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, { operationId: string }>> }
  const described = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  assert.deepEqual(described.sort(), Object.keys(OPERATIONS).sort())
  for (const { method, path } of Object.values(OPERATIONS)) {
    assert.ok(rest.app.hasRoute({ method, url: `/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}` }), `${method} ${path}`)
  }
})
