import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lint } from '../lint.ts'
import { planSources } from '../plan-sources.ts'
import { deniedByPolicy } from '../rule/denied-by-policy.ts'
import { PROJECTS } from '../variant.ts'

const now = new Date('2026-11-26T00:00:00Z')

test('Our own policies deny what breaks our own labels of compliance', () => {
  const unpinned = denied((text) => text.replace(/(image: .*)@sha256:\w+/, '$1:v1'))
  assert.match(unpinned[0] ?? '', /ValidatingAdmissionPolicy '.*': .*\(pinned-images\): images are pinned/)
  assert.match(denied((text) => text.replace('mode: STRICT', 'mode: PERMISSIVE'))[0] ?? '', /mTLS|TLS|encrypted/)
  assert.match(denied((text) => text.replaceAll(/^ +cost-centre: .*\n/gm, ''))[0] ?? '', /\(owned\)/)
})

test('A policy whose binding only warns denies nothing', () => {
  const text = (each: string) => each.replace(/(image: .*)@sha256:\w+/, '$1:v1').replaceAll(/- Deny\n/g, '- Warn\n')
  assert.deepEqual(denied(text), [])
})

function denied(change: (text: string) => string): readonly string[] {
  const plan = PROJECTS['labels of compliance, which policies keep']
  assert.ok(plan)
  const { files, ...known } = planSources(plan())
  const changed = files.map(({ name, text }) => ({ name, text: change(text) }))
  return lint(changed, { ...known, now, rules: [deniedByPolicy] }).reports.map(({ message }) => message)
}
