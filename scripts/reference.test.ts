import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS } from '../src/core/error.ts'
import { SETTINGS } from '../src/core/settings.ts'
import { METRICS } from '../src/telemetry/metric.ts'
import { findDrift, renderReference } from './reference.ts'

describe('reference pages', () => {
  it('are what the tables say; else run node scripts/reference.ts', async () => {
    assert.deepEqual(await findDrift(), [])
  })

  it('name every setting, metric and error code', () => {
    const tables = { settings: SETTINGS, metrics: METRICS, errors: ERRORS }
    for (const [page, table] of Object.entries(tables)) {
      const text = renderReference().get(`docs/reference/${page}.md`) ?? ''
      for (const key of Object.keys(table)) assert.ok(text.includes(`\`${key}\``), `${page}.md lacks ${key}`)
    }
  })
})
