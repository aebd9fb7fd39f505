import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What an image starts, and as whom. */
export interface ImageConfiguration {
  readonly Entrypoint: readonly string[]
  readonly Env?: readonly string[]
  readonly User?: string
  readonly WorkingDir?: string
}

/**
 * Writes a folder as an image of one layer, in the format of `docker save`, which containerd imports: no tool for images is needed.
 *
 * The file is there whole or not at all.
 */
export async function writeImage(
  path: string,
  name: string,
  root: string,
  configuration: ImageConfiguration,
): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), 'image-'))
  try {
    const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0']
    await execute('tar', [...owner, '-C', root, '-cf', join(folder, 'layer.tar'), '.'])
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(folder, 'layer.tar')), hash)
    const config = {
      ...{ architecture: ARCHITECTURES[process.arch] ?? process.arch, os: 'linux', config: configuration },
      rootfs: { type: 'layers', diff_ids: [`sha256:${hash.digest('hex')}`] },
    }
    await writeFile(join(folder, 'config.json'), JSON.stringify(config))
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
    await execute('tar', ['-C', folder, '-cf', join(folder, 'image.tar'), 'manifest.json', 'config.json', 'layer.tar'])
    await rename(join(folder, 'image.tar'), path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// Go's names of architectures, which images have, by those of Node.
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
