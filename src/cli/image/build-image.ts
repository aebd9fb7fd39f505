import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { imageRepository, taggedImage } from '../../manifest/plan/image.ts'
import type { Plan } from '../../manifest/plan.ts'
import { VERSION } from '../../server/version.ts'
import { notWritten, writeOut } from '../write-out.ts'
import { type ImageContent, readArchive } from './archive/read-archive.ts'
import { billOfMaterials } from './bill/bill-of-materials.ts'
import type { BuilderName, ImageBuilder } from './builder.ts'
import { hashContext, listContext, stageContext } from './context.ts'
import { type Dockerfile, readDockerfile, readOptional } from './dockerfile.ts'
import type { Execute, ExecuteOptions } from './execute.ts'
import { findBuilder } from './find-builder.ts'
import { npmAccess } from './npm-access.ts'
import { parseJson } from './parse-json.ts'
import { writeRecord } from './record.ts'
import { type Revision, readRevision } from './revision.ts'

/** What is to be built, and how. */
export interface BuildOptions {
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly plan: Plan
  readonly tag: string | undefined
  readonly base: string | undefined
  readonly platform: string | undefined
  readonly builder: BuilderName | undefined
  readonly push: boolean
  /** Absolute paths of files that are to be written: the bill of materials, and the image as an OCI archive. */
  readonly bill: string | undefined
  readonly archive: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Pick<Clock, 'now'>
  readonly signal: AbortSignal
  /** Where the builder's own words go. */
  readonly show: ((text: string) => void) | undefined
}

/** An image that was built. */
export interface BuiltImage {
  readonly reference: string
  readonly digest: string
  readonly release: string
  readonly builder: BuilderName
  readonly pushed: boolean
  /** Uncompressed, in bytes. */
  readonly size: number
  readonly user: string
  readonly warnings: readonly string[]
}

/** Uncompressed: what a node has to unpack before a pod starts. */
const LARGEST_BYTES = 250_000_000

/**
 * Builds the image of a project, looks through it, and remembers it in `.polis/image.json`.
 *
 * The same files, packages, base and commit give the same digest. Rejects with INVALID_CONFIG where the project lacks what a build needs,
 * NOT_FOUND where nothing builds images, BUILD_FAILED where it fails.
 */
export async function buildImage(options: BuildOptions, execute: Execute): Promise<BuiltImage> {
  const { dir, plan, env, signal, show } = options
  const dockerfile = await readDockerfile(dir)
  const manifest = await checkProject(dir, dockerfile)
  const running: ExecuteOptions = { env, signal, ...(show === undefined ? {} : { show }) }
  const builder = await findBuilder(options.builder, execute, running)
  const revision = await readRevision(dir, execute, running)
  const folder = await mkdtemp(join(tmpdir(), 'polis-build-'))
  try {
    const archive = join(folder, 'image.tar')
    const pushed = await build({ options, execute, running, dockerfile, manifest, builder, revision, folder, archive })
    const content = await readArchive(archive)
    const { release } = plan
    const [reference, digest] = [referenceOf(options), pushed ?? content.digest]
    await writeFiles(options, archive, content, revision)
    const context = await hashContext(dir, dockerfile.text)
    const builtAt = new Date(options.clock.now()).toISOString()
    await writeRecord(dir, { ...{ reference, digest, release, context }, pushed: options.push, builtAt })
    const { size, user } = content
    return {
      ...{ reference, digest, release, builder: builder.name, pushed: options.push, size, user },
      warnings: warningsOf(content),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Work {
  readonly execute: Execute
  readonly running: ExecuteOptions
  readonly options: BuildOptions
  readonly dockerfile: Dockerfile
  readonly manifest: Manifest
  readonly builder: ImageBuilder
  readonly revision: Revision
  readonly folder: string
  readonly archive: string
}

interface Manifest {
  readonly version?: string
  readonly license?: string
}

// What `npm ci` would say later, or a pod at its start.
async function checkProject(dir: string, { isOwn }: Dockerfile): Promise<Manifest> {
  const manifest = parseJson((await readOptional(join(dir, 'package.json'))) ?? '{}', 'package.json') as Manifest
  if (isOwn) return manifest
  const text = await readOptional(join(dir, 'package-lock.json'))
  if (text === undefined)
    throw new PolisError('INVALID_CONFIG', `${dir} has no package-lock.json, by which the image gets its packages`, {
      details: {
        hint: 'Run npm install; or write your own Dockerfile, of which polis build --eject makes a beginning',
      },
    })
  // npm's own format; what is otherwise has no packages.
  const { packages } = parseJson(text, 'package-lock.json') as {
    packages?: Readonly<Record<string, { readonly dev?: boolean }>>
  }
  const product = packages?.['node_modules/agentpolis']
  if (product === undefined || product.dev === true)
    throw new PolisError(
      'INVALID_CONFIG',
      'package.json: expected agentpolis among its dependencies, which the image runs',
      {
        details: { hint: 'Run npm install agentpolis' },
      },
    )
  return manifest
}

async function build(work: Work): Promise<string | undefined> {
  const { options, execute, running, dockerfile, builder, revision, folder, archive, manifest } = work
  const { dir, platform, push } = options
  const context = join(folder, 'context')
  await mkdir(context)
  await stageContext(dir, await listContext(dir), context, revision.epoch)
  await writeFile(join(folder, 'Dockerfile'), dockerfile.text)
  await writeFile(join(folder, 'npmrc'), await npmAccess(dir, execute, running), { mode: 0o600 })
  return await builder.build({
    ...{ context, dockerfile: join(folder, 'Dockerfile'), npmrc: join(folder, 'npmrc'), archive },
    ...{ reference: referenceOf(options), epoch: revision.epoch, platform, push },
    args: argumentsOf(options, revision, manifest),
  })
}

function referenceOf({ plan, tag }: BuildOptions): string {
  const { name, spec, release } = plan
  return tag === undefined ? taggedImage(name, spec, release) : `${imageRepository(name, spec)}:${tag}`
}

function argumentsOf({ plan, base }: BuildOptions, { source, commit }: Revision, { version, license }: Manifest) {
  const chosen = base ?? plan.spec.image.base
  return {
    ...(chosen === undefined ? {} : { BASE: chosen }),
    ...{ TITLE: plan.name, SOURCE: source, REVISION: commit, RELEASE: plan.release },
    ...{ VERSION: version ?? plan.release, LICENSES: license ?? '' },
  }
}

async function writeFiles(
  options: BuildOptions,
  archive: string,
  content: ImageContent,
  { epoch }: Revision,
): Promise<void> {
  if (options.archive !== undefined) await copyOut(archive, options.archive)
  if (options.bill === undefined) return
  const { name, spec, release } = options.plan
  const version = options.tag ?? spec.image.tag ?? release
  const bill = billOfMaterials({ repository: imageRepository(name, spec), version, tool: VERSION, epoch }, content)
  await writeOut(options.bill, `${JSON.stringify(bill, null, 2)}\n`, '--sbom')
}

async function copyOut(archive: string, file: string): Promise<void> {
  await copyFile(archive, file).catch((cause: unknown) => {
    throw notWritten(file, '--output', cause)
  })
}

function warningsOf({ size, user }: ImageContent): readonly string[] {
  const megabytes = Math.ceil(size / 1e6)
  const isRoot = /^(0|root)?(:|$)/.test(user)
  return [
    ...(size > LARGEST_BYTES
      ? [`The image has ${megabytes} MB uncompressed, over 250: pods start slowly on new nodes`]
      : []),
    ...(isRoot
      ? ['The image runs as root, which the restricted Pod Security Standard refuses: USER 10001 in its Dockerfile']
      : []),
  ]
}
