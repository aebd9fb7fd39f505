import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toYaml } from './yaml.ts'

test('texts that YAML 1.1 takes for something else are quoted', () => {
  const data = { A: 'yes', B: 'on', C: '1:30', D: '2026-01-01', E: 'plain' }
  const text = toYaml({
    about: 'Texts.',
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }],
  })
  assert.match(text, /A: "yes"\n {2}B: "on"\n {2}C: "1:30"\n {2}D: "2026-01-01"\n {2}E: plain\n/)
})
