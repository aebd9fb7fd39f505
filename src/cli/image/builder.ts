/** The programs that build images. */
export const BUILDERS = ['docker', 'buildah', 'podman'] as const
export type BuilderName = (typeof BUILDERS)[number]

/** An image that is to be built. */
export interface ImageOrder {
  /** Folder with what goes into it. */
  readonly context: string
  /** Path of its Dockerfile. */
  readonly dockerfile: string
  /** Under which it is known: `registry.example/shop/desk:0123456789`. */
  readonly reference: string
  /** Such as `linux/arm64`; by default the builder's own. */
  readonly platform: string | undefined
  /** Seconds since the epoch: every time in it. */
  readonly epoch: number
  readonly args: Readonly<Record<string, string>>
  /** Path of the `.npmrc` that the build may read, and nothing may keep. */
  readonly npmrc: string
  readonly push: boolean
  /** Where the image goes as an OCI archive. */
  readonly archive: string
}

/** What builds images. */
export interface ImageBuilder {
  readonly name: BuilderName
  /**
   * Builds an image, writes its archive, and pushes it where that is asked for. Answers the digest under which the registry has it;
   * undefined where that is the archive's.
   *
   * The same order gives the same digest.
   */
  build(order: ImageOrder): Promise<string | undefined>
}
