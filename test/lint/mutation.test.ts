import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lint } from '../../src/manifest/lint/lint.ts'
import { planSources } from '../../src/manifest/lint/plan-sources.ts'
import { PROJECTS } from '../../src/manifest/lint/variant.ts'
import { createCatalogue } from '../../src/manifest/lint/world/metric-catalogue.ts'
import { ownMetrics } from '../../src/manifest/lint/world/own-metrics.ts'
import { renderManifests } from '../../src/manifest/render.ts'
import { toYaml } from '../../src/manifest/yaml.ts'
import { CLASSES, type MutationClass, mutate } from './mutation.ts'

const EACH = 50
const SEED = Number(process.env.POLIS_MUTATION_SEED ?? 5)
const metrics = createCatalogue(ownMetrics())
const now = new Date('2026-11-26T00:00:00Z')

test(`Of 200 manifests of ours that are broken in one way each, at least 95 % are found (seed ${SEED})`, (context) => {
  const missed = CLASSES.flatMap((kind) => missedOf(kind))
  context.diagnostic(`${200 - missed.length} of 200 found; missed: ${missed.join('; ') || 'none'}`)
  assert.ok(missed.length <= 10, missed.join('\n'))
})

function missedOf(kind: MutationClass): readonly string[] {
  const random = randomFrom(SEED + CLASSES.indexOf(kind))
  const plans = Object.values(PROJECTS).map((plan) => plan())
  return Array.from({ length: EACH }, (_, at): readonly string[] => {
    const plan = plans[at % plans.length]
    assert.ok(plan)
    const { manifests, what } = mutate(renderManifests(plan), kind, random)
    const { files: _files, ...known } = planSources(plan)
    const files = manifests.map((manifest) => ({ name: manifest.file, text: toYaml(manifest) }))
    return lint(files, { ...known, metrics, now }).reports.length > 0 ? [] : [`${kind}: ${what}`]
  }).flat()
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
