import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import type { ImageOrder } from './builder.ts'
import type { Execute } from './execute.ts'
import { findBuilder } from './find-builder.ts'

const options = { env: {}, signal: new AbortController().signal }
const order: ImageOrder = {
  ...{ context: '/context', dockerfile: '/Dockerfile', reference: 'shop/desk:1', platform: 'linux/arm64', epoch: 7 },
  ...{ args: { TITLE: 'desk' }, npmrc: '/npmrc', push: false, archive: '/image.tar' },
}

test('the first builder that works is taken: a client of Docker without its daemon is none', async () => {
  const { execute } = recording((program) => program !== 'docker')
  assert.equal((await findBuilder(undefined, execute, options)).name, 'buildah')
})

test('without a builder an error says of each why', async () => {
  const { execute } = recording(() => false)
  await assert.rejects(findBuilder(undefined, execute, options), {
    code: 'NOT_FOUND',
    message: 'No program that can build an image: docker: no docker; buildah: no buildah; podman: no podman',
  })
  await assert.rejects(findBuilder('podman', execute, options), /No podman that can build an image: podman: no podman$/)
})

test('Docker writes archive and image in one build, with the times of the commit', async () => {
  const { execute, calls } = recording()
  await (await findBuilder('docker', execute, options)).build({ ...order, push: true })
  const line = calls.at(-1) ?? ''
  assert.match(line, /^docker buildx build --provenance=false --sbom=false --file \/Dockerfile --tag shop\/desk:1 /)
  assert.match(line, / --output type=oci,dest=\/image\.tar,rewrite-timestamp=true,/)
  assert.match(line, / --output type=image,oci-mediatypes=true,push=true,rewrite-timestamp=true,\S+ \/context$/)
})

test('Podman builds as Buildah does, and answers under which digest the registry has it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'polis-builder-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const { execute, calls } = recording()
  const writing: Execute = async (program, args, given) => {
    const file = args[args.indexOf('--digestfile') + 1]
    if (args.includes('--digestfile') && file !== undefined) await writeFile(file, 'sha256:0\n')
    return await execute(program, args, given)
  }
  const builder = await findBuilder('podman', writing, options)
  assert.equal(await builder.build({ ...order, push: true, archive: join(folder, 'image.tar') }), 'sha256:0')
  assert.match(
    calls[1] ?? '',
    /^podman build --layers --pull=false --identity-label=false --format oci --timestamp 7 .* --platform linux\/arm64 \/context$/,
  )
  assert.match(calls[2] ?? '', /^podman push --quiet shop\/desk:1 oci-archive:/)
  assert.match(calls[3] ?? '', /^podman push --digestfile \S+ shop\/desk:1 docker:\/\/shop\/desk:1$/)
})

function recording(isThere: (program: string) => boolean = () => true) {
  const calls: string[] = []
  const execute: Execute = async (program, args) => {
    if (!isThere(program)) throw new PolisError('NOT_FOUND', `no ${program}`)
    calls.push([program, ...args].join(' '))
    return ''
  }
  return { execute, calls }
}
