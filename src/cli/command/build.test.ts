import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createPlan } from '../../manifest/create-plan.ts'
import { polis } from '../fake/polis.ts'
import type { BuiltImage } from '../image/build-image.ts'

const plan = createPlan({
  packageName: 'desk',
  environment: undefined,
  deployment: {},
  settings: {},
  agents: { desk: 'r' },
})
const digest = `sha256:${'0'.repeat(64)}`
const image: BuiltImage = {
  ...{ reference: 'desk:1', digest, release: plan.release, pushed: false, size: 211_400_000 },
  builder: 'buildah',
  ...{ user: '10001:10001', warnings: ['It is large'] },
}

test('polis build prints what it built, and its digest on a line of its own', async () => {
  const { code, out, err, calls } = await polis('build --tag v1 --push', { plan, image })
  assert.deepEqual([code, out, err], [0, `desk:1 (212 MB, user 10001:10001)\n${digest}\n`, 'warning: It is large\n'])
  assert.deepEqual(calls.at(-1), { name: 'build', args: [{ release: plan.release, push: true, tag: 'v1' }] })
  assert.deepEqual(JSON.parse((await polis('--json build', { plan, image })).out), image)
})

test('a tag and a platform are checked before anything is built', async () => {
  for (const [args, message] of [
    ['build --tag a/b', /--tag: expected letters, digits, dots, hyphens and underscores, got 'a\/b'/],
    ['build --platform linux/amd64,linux/arm64', /--platform: expected one platform, such as linux\/arm64/],
  ] as const) {
    const { code, err } = await polis(args, { plan, image })
    assert.equal(code, 2)
    assert.match(err, message)
  }
})

test('polis build --eject writes the Dockerfile once, and never over another', async (t) => {
  const dir = await folder(t)
  assert.equal((await polis(['build', '--eject', '--dir', dir])).code, 0)
  assert.deepEqual((await readdir(dir)).sort(), ['.dockerignore', 'Dockerfile'])
  assert.match(
    await readFile(join(dir, 'Dockerfile'), 'utf8'),
    /^ARG BASE=node:26-slim$[\s\S]*^ENTRYPOINT \["polis"\]$/m,
  )
  const { code, err } = await polis(['build', '--eject', '--dir', dir])
  assert.equal(code, 3)
  assert.match(err, /Dockerfile is there already/)
})

test('polis export --helm writes a chart, over one of its own and over nothing else', async (t) => {
  const dir = await folder(t)
  const args = ['export', '--helm', '-o', dir]
  assert.equal((await polis(args, { plan })).code, 0)
  await writeFile(join(dir, 'templates/gone.yaml'), '')
  assert.equal((await polis(args, { plan })).code, 0)
  assert.equal((await readdir(join(dir, 'templates'))).includes('gone.yaml'), false)
  await writeFile(join(dir, 'Chart.yaml'), 'name: mine\n')
  const { code, err } = await polis(args, { plan })
  assert.equal(code, 3)
  assert.match(err, /--output: expected an empty folder, or a chart that was exported/)
})

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'polis-build-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}
