import type { EnvironmentSpec } from '../../core/deployment/schema.ts'

/** An image that was built, as far as a plan wants to know. */
export interface BuiltImage {
  readonly reference: string
  readonly digest: string
  /** Of the agents in it, all together. */
  readonly release: string
}

/** Where the image of a deployment is kept: a reference without tag and digest. */
export function imageRepository(name: string, { image }: Pick<EnvironmentSpec, 'image'>): string {
  return image.repository ?? name
}

/** What an image is built as: with its tag. */
export function taggedImage(name: string, spec: Pick<EnvironmentSpec, 'image'>, release: string): string {
  return `${imageRepository(name, spec)}:${spec.image.tag ?? release}`
}

/** What pods run: the digest that the deployment names, else that of the image that was built of this release, else the tag. */
export function planImage(
  name: string,
  spec: Pick<EnvironmentSpec, 'image'>,
  release: string,
  built: BuiltImage | undefined,
): string {
  const repository = imageRepository(name, spec)
  const isOurs = built?.release === release && built.reference.replace(/:[^/:]*$/, '') === repository
  const digest = spec.image.digest ?? (isOurs ? built?.digest : undefined)
  return digest === undefined ? taggedImage(name, spec, release) : `${repository}@${digest}`
}
