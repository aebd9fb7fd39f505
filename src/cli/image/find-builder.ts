import { PolisError } from '../../core/error.ts'
import { createBuildah } from './builder/buildah.ts'
import { createDocker } from './builder/docker.ts'
import { BUILDERS, type BuilderName, type ImageBuilder } from './builder.ts'
import type { Execute, ExecuteOptions } from './execute.ts'

/** What shows that a builder is there and works: Docker's client says nothing of its daemon unless it is asked. */
const PROBES: Readonly<Record<BuilderName, readonly string[]>> = {
  docker: ['info', '--format', '{{.ServerVersion}}'],
  buildah: ['--version'],
  podman: ['--version'],
}

/**
 * The builder of this name, else the first that is there and works.
 *
 * Rejects with NOT_FOUND that says of each why not, and what to install.
 */
export async function findBuilder(
  name: BuilderName | undefined,
  execute: Execute,
  options: ExecuteOptions,
): Promise<ImageBuilder> {
  const { show: _, ...quiet } = options
  const reasons: string[] = []
  for (const each of name === undefined ? BUILDERS : [name]) {
    try {
      await execute(each, PROBES[each], quiet)
      return each === 'docker' ? createDocker(execute, options) : createBuildah(each, execute, options)
    } catch (reason) {
      reasons.push(`${each}: ${PolisError.from(reason).message.split('\n').at(-1)}`)
    }
  }
  const wanted = name ?? 'program'
  throw new PolisError('NOT_FOUND', `No ${wanted} that can build an image: ${reasons.join('; ')}`, {
    details: { hint: 'Install Docker, Buildah or Podman, or start the daemon of Docker' },
  })
}
