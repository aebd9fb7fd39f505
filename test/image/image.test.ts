import assert from 'node:assert/strict'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hashApiKey } from '../../src/core/api-key.ts'
import { skipWithout } from '../redis/server/binary.ts'
import { getBase, removeStore, storeIn } from './base.ts'
import { startContainer } from './container.ts'
import { type Built, build, layOut, run, withoutSource } from './example.ts'
import { startRegistry } from './registry.ts'
import { validateBill } from './schema.ts'

const isRoot = process.getuid?.() === 0
const skip = skipWithout('buildah', 'debootstrap', 'runc') || (!isRoot && 'only root may make a base image')

// A machine that has no base image yet makes one first.
const LIMIT = { timeout: 900_000 }

describe('The image of examples/incident-desk, by the real Buildah', { skip, ...LIMIT }, () => {
  let work = ''
  let project = ''
  let first: Built
  let env: NodeJS.ProcessEnv

  before(async () => {
    work = await mkdtemp(join(tmpdir(), 'polis-image-'))
    project = join(work, 'incident-desk')
    env = { ...(await storeIn(work)), ...withoutSource() }
    await run(env, work, 'buildah', 'pull', '--quiet', `oci-archive:${await getBase(console.log)}`)
    await layOut(project)
    first = await build(env, project, join(work, 'image.tar'), '--sbom', join(work, 'bill.json'))
  }, LIMIT)

  after(async () => {
    if (work === '') return
    await removeStore(work)
    await rm(work, { recursive: true, force: true })
  })

  test('It is below 250 MB, and runs as a user with no rights', () => {
    assert.ok(first.size < 250e6, `${first.size} bytes`)
    assert.equal(first.user, '10001:10001')
    assert.deepEqual(first.warnings, [])
  })

  test('It tells where it comes from, how it begins and how it is stopped', async () => {
    const { config } = await inspect(env, work, first)
    assert.deepEqual(
      [config.Entrypoint, config.Cmd, config.WorkingDir, config.StopSignal],
      [['polis'], ['serve'], '/app', 'SIGTERM'],
    )
    const labels = config.Labels ?? {}
    assert.equal(labels['org.opencontainers.image.version'], '1.2.3')
    assert.equal(labels['org.opencontainers.image.licenses'], 'Apache-2.0')
    assert.equal(labels['dev.agentpolis.release'], first.release)
  })

  test(
    'The same project gives the same digest elsewhere, whatever times and modes its files have, and in a registry',
    LIMIT,
    async (t) => {
      const [other, copy] = [join(work, 'elsewhere'), join(work, 'elsewhere/incident-desk')]
      await mkdir(other)
      await cp(project, copy, { recursive: true })
      await chmod(join(copy, 'package.json'), 0o600)
      await utimes(join(copy, 'polis.config.ts'), 1, 1)
      const registry = await startRegistry()
      t.after(() => registry.close())
      await writeFile(join(other, 'registries'), `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`)
      const own = { CONTAINERS_REGISTRIES_CONF: join(other, 'registries'), REPOSITORY: `${registry.address}/shop/desk` }
      const second = { ...(await storeIn(other)), ...withoutSource(), ...own }
      await run(second, other, 'buildah', 'pull', '--quiet', `oci-archive:${await getBase(console.log)}`)
      const { digest } = await build(
        second,
        copy,
        join(other, 'image.tar'),
        '--env',
        'staging',
        '--tag',
        'v1',
        '--push',
      )
      await removeStore(other)
      assert.equal(digest, first.digest)
      assert.deepEqual([...registry.manifests], [['shop/desk:v1', digest]])
    },
  )

  test('What is rendered is pinned by the digest, until a file changes', async () => {
    const polis = join(project, 'node_modules/.bin/polis')
    const image = async () => /image: (incident-desk\S+)/.exec(await run(env, project, polis, 'render'))?.[1]
    assert.equal(await image(), `incident-desk@${first.digest}`)
    const file = join(project, 'ops/server.ts')
    const text = await readFile(file, 'utf8')
    await writeFile(file, `${text}\n`)
    assert.equal(await image(), first.reference)
    await writeFile(file, text)
  })

  test('Its bill of materials is CycloneDX 1.6, and lists packages of npm, of Debian, and Node', async (t) => {
    const bill = JSON.parse(await readFile(join(work, 'bill.json'), 'utf8')) as { components: { purl?: string }[] }
    const purls = bill.components.map(({ purl }) => purl ?? '')
    for (const wanted of [
      /^pkg:npm\/agentpolis@/,
      /^pkg:npm\/fastify@/,
      /^pkg:deb\/debian\/libc6@/,
      /^pkg:generic\/node@26/,
    ])
      assert.ok(
        purls.some((purl) => wanted.test(purl)),
        `${wanted} is not listed`,
      )
    assert.equal(
      purls.some((purl) => /deb\/debian\/(apt|perl-base)@|npm\/npm@/.test(purl)),
      false,
    )
    const mistakes = await validateBill(bill)
    if (typeof mistakes === 'string') return t.skip(`the schema cannot be had: ${mistakes}`)
    assert.deepEqual(mistakes, [])
  })

  test('It serves where nothing can be written but /tmp and .polis, and SIGTERM ends it with 0', async () => {
    const { config } = await inspect(env, work, first)
    const container = await run(env, work, 'buildah', 'from', '--pull-never', first.reference)
    const root = await run(env, work, 'buildah', 'mount', container)
    const [port, files, key] = [await freePort(), join(work, 'keys'), 'polis_of-a-test-and-of-nothing-else']
    await mkdir(files, { mode: 0o755 })
    const record = { id: 'test', sha256: hashApiKey(key).toString('hex'), tenant: 'default', scopes: ['runs:read'] }
    await writeFile(join(files, 'keys'), JSON.stringify(record), { mode: 0o644 })
    const ports = [
      `POLIS_SERVER_PORT=${port}`,
      'POLIS_SERVER_HOST=127.0.0.1',
      'POLIS_AUTH_API_KEYS_FILE=/mnt/keys',
      'POLIS_PROMETHEUS_PORT=0',
    ]
    await using served = await startContainer(work, root, {
      ...{ user: config.User, env: [...config.Env, ...ports], cwd: config.WorkingDir, files },
      args: [...config.Entrypoint, ...config.Cmd],
    })
    await answering(`http://127.0.0.1:${port}/ready`, served.output)
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
    const agents = await fetch(`http://127.0.0.1:${port}/api/v1/agents`, {
      headers: { authorization: `Bearer ${key}` },
    })
    assert.match(await agents.text(), /"incident-desk"/)
    const tries =
      'id -u; touch /app/x; touch /x; touch /tmp/x && touch /app/.polis/x && echo may; command -v npm apt-get perl; true'
    const said = await served.exec('sh', '-c', tries)
    assert.match(said, /^10001\n/)
    assert.match(said, /may\n/)
    assert.equal(said.match(/Read-only file system/g)?.length, 2)
    assert.doesNotMatch(said, /bin\/(npm|apt-get|perl)/)
    assert.equal(await served.stop('TERM'), 0)
  })
})

interface ImageConfig {
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly Env: readonly string[]
  readonly User: string
  readonly WorkingDir: string
  readonly StopSignal: string
  readonly Labels?: Readonly<Record<string, string>>
}

async function inspect(
  env: NodeJS.ProcessEnv,
  work: string,
  { reference }: Built,
): Promise<{ readonly config: ImageConfig }> {
  // Buildah's own description of an image.
  return JSON.parse(await run(env, work, 'buildah', 'inspect', '--type', 'image', reference)).OCIv1
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves once it answers well; a process that never does is told by what it printed. */
async function answering(url: string, output: () => string): Promise<void> {
  const signal = AbortSignal.timeout(30_000)
  while (true) {
    const response = await fetch(url).catch(() => undefined) // Nobody listens yet.
    if (response?.ok) return
    if (signal.aborted) throw new Error(`${url} did not answer well; the container said:\n${output()}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
