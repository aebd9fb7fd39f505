import type { ImageBuilder, ImageOrder } from '../builder.ts'
import type { Execute, ExecuteOptions } from '../execute.ts'

/** Builds with Docker's BuildKit. Its store has to be that of containerd, or its builder another one than the default: the old store knows no OCI archives. */
export function createDocker(execute: Execute, options: ExecuteOptions): ImageBuilder {
  return {
    name: 'docker',
    async build(order) {
      const env = { ...options.env, SOURCE_DATE_EPOCH: String(order.epoch) }
      await execute('docker', buildArguments(order), { ...options, env })
      // One build has written both: what is in the archive is what was pushed.
      return undefined
    },
  }
}

function buildArguments({ args, platform, push, ...order }: ImageOrder): readonly string[] {
  const alike = 'rewrite-timestamp=true,compression=gzip,force-compression=true'
  return [
    // What tells when and where it was built would make another image of it each time.
    ...['buildx', 'build', '--provenance=false', '--sbom=false'],
    ...['--file', order.dockerfile, '--tag', order.reference, '--secret', `id=npmrc,src=${order.npmrc}`],
    ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...['--output', `type=oci,dest=${order.archive},${alike}`],
    ...['--output', `type=image,oci-mediatypes=true,push=${push},${alike}`],
    order.context,
  ]
}
