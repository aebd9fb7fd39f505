import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lint } from './lint.ts'
import { planSources } from './plan-sources.ts'
import { PROJECTS } from './variant.ts'
import { createCatalogue } from './world/metric-catalogue.ts'
import { ownMetrics } from './world/own-metrics.ts'

const metrics = createCatalogue(ownMetrics())
const now = new Date('2026-11-26T00:00:00Z')

describe('what we render', () => {
  for (const [name, plan] of Object.entries(PROJECTS)) {
    it(`gives no finding: ${name}`, () => {
      const { files, ...known } = planSources(plan())
      const { reports, objects } = lint(files, { ...known, metrics, now })
      assert.deepEqual(
        reports.map(
          ({ file, line, rule, object, path, message }) => `${file}:${line} ${rule}: ${object} ${path}: ${message}`,
        ),
        [],
      )
      assert.ok(objects > 5)
    })
  }
})
