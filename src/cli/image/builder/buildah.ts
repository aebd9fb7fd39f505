import { readFile } from 'node:fs/promises'
import type { ImageBuilder, ImageOrder } from '../builder.ts'
import type { Execute, ExecuteOptions } from '../execute.ts'

/** Builds with Buildah, or with Podman, which is Buildah inside. */
export function createBuildah(name: 'buildah' | 'podman', execute: Execute, options: ExecuteOptions): ImageBuilder {
  return {
    name,
    async build(order) {
      const { reference, archive } = order
      await execute(name, buildArguments(order), options)
      await execute(name, ['push', '--quiet', reference, `oci-archive:${archive}:${reference}`], options)
      if (!order.push) return undefined
      const digestFile = `${archive}.digest`
      await execute(name, ['push', '--digestfile', digestFile, reference, `docker://${reference}`], options)
      return (await readFile(digestFile, 'utf8')).trim()
    },
  }
}

function buildArguments({ args, platform, ...order }: ImageOrder): readonly string[] {
  return [
    'build',
    // Each instruction is a layer of its own, so that releases share those of the system and of their packages.
    ...['--layers', '--pull=false', '--identity-label=false', '--format', 'oci', '--timestamp', String(order.epoch)],
    ...['--file', order.dockerfile, '--tag', order.reference, '--secret', `id=npmrc,src=${order.npmrc}`],
    ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...(platform === undefined ? [] : ['--platform', platform]),
    order.context,
  ]
}
