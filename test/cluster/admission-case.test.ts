import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLEDGES } from '../../src/manifest/compliance/pledges.ts'
import { admissionCases } from './fixture/admission/case.ts'
import { compliantPlan } from './fixture/admission/plan.ts'

test('Every pledge that the cluster keeps has a case that breaks it, and every subject one that is let through', () => {
  const cases = admissionCases('shop')
  const plan = compliantPlan('shop')
  for (const pledge of PLEDGES)
    assert.ok(pledge.conditions(plan).length === 0 || cases.some(({ broken }) => broken === pledge.id), pledge.id)
  for (const subject of new Set(cases.map((one) => one.subject)))
    assert.ok(
      cases.some((one) => one.subject === subject && one.broken === undefined),
      subject,
    )
})
