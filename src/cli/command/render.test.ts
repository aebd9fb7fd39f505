import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { planOf } from '../../manifest/fixture.ts'
import { polis } from '../fake/polis.ts'

const cwd = mkdtempSync(join(tmpdir(), 'polis-render-'))
after(() => rmSync(cwd, { recursive: true }))

// The clock of these calls stands in January 2027.
const planWith = (until: string) =>
  planOf({ mesh: { kind: 'sidecar', chaos: { until, abort: { percent: 1, status: 503 } } } })

test('render prints manifests with what they are for, and its warnings beside them', async () => {
  const { code, out, err } = await polis('render', { plan: planOf() })
  assert.equal(code, 0)
  assert.match(out, /^# The namespace, and what its pods may do at most\.\napiVersion: v1\nkind: Namespace\n/)
  assert.match(err, /warning: The image desk:\w+ has no digest/)
})

test('render writes a file for each concern, and under --json says which objects each has', async () => {
  const { code, out } = await polis('--json render -o manifests', { plan: planOf() }, { cwd })
  assert.equal(code, 0)
  const { files } = JSON.parse(out)
  assert.deepEqual(readdirSync(join(cwd, 'manifests')).sort(), files.map(({ file }: { file: string }) => file).sort())
})

test('render removes what an earlier rendering left, and warns of a file of that name that is not its own', async () => {
  const folder = join(cwd, 'again')
  await polis('render -o again', { plan: planOf({ monitoring: { podMonitor: true } }) }, { cwd })
  assert.ok(readdirSync(folder).includes('monitoring.yaml'))
  writeFileSync(join(folder, 'quota.yaml'), 'kind: ResourceQuota')
  const { code, err } = await polis('render -o again', { plan: planOf({ quota: { enabled: false } }) }, { cwd })
  assert.equal(code, 0)
  assert.match(err, /monitoring\.yaml: removed/)
  assert.match(err, /warning: quota\.yaml in that folder is not of this render/)
  assert.ok(!readdirSync(folder).includes('monitoring.yaml'))
  assert.equal(readFileSync(join(folder, 'quota.yaml'), 'utf8'), 'kind: ResourceQuota')
})

test('render says which manifests of the folder are not its own: whoever applies it applies them too', async () => {
  const folder = join(cwd, 'stale')
  mkdirSync(folder)
  for (const name of ['mesh.yaml', 'notes.txt']) writeFileSync(join(folder, name), '')
  const { code, err } = await polis('render -o stale', { plan: planOf() }, { cwd })
  assert.equal(code, 0)
  assert.match(err, /warning: mesh\.yaml in that folder is not of this render/)
  assert.doesNotMatch(err, /notes/)
})

test('render and export name the option where nothing can be written', async () => {
  writeFileSync(join(cwd, 'file'), '')
  for (const line of ['render -o file/below', 'export --helm -o file/below']) {
    const { code, err } = await polis(line, { plan: planOf() }, { cwd })
    assert.equal(code, 2, err)
    assert.match(err, /--output: expected a file that can be written, got .*file\/below/)
  }
})

test('render --chaos prints the faults alone, which no other call does', async () => {
  const plan = planWith('2027-03-01T12:00:00Z')
  const faults = await polis('render --chaos', { plan })
  assert.equal(faults.code, 0)
  assert.match(faults.out, /^# Faults for a test, until 2027-03-01T12:00:00Z/)
  assert.match(faults.out, /\nkind: EnvoyFilter\n/)
  assert.doesNotMatch(faults.out, /\nkind: Namespace\n/)
  assert.doesNotMatch((await polis('render', { plan })).out, /EnvoyFilter/)
})

test('render --chaos refuses faults that are over', async () => {
  const { code, out, err } = await polis('render --chaos', { plan: planWith('2026-12-31T12:00:00Z') })
  assert.notEqual(code, 0)
  assert.equal(out, '')
  assert.match(err, /deployment\.mesh\.chaos\.until: expected a time that is still to come, got 2026-12-31T12:00:00Z/)
})
