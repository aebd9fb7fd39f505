/**
 * The blob port: content-addressed bytes, for payloads too large for a journal and for files.
 *
 * A blob that no run refers to is removed by `expire` a day after it was put.
 */
export interface BlobPort {
  /** Stores the bytes under their SHA-256 (lower-case hex) and answers it; putting the same bytes again is free. */
  put(tenant: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, info?: BlobInfo): Promise<BlobRecord>
  head(tenant: string, hash: string): Promise<BlobRecord | undefined>
  /** The bytes in chunks of at most 1 MiB; undefined when there is no such blob. */
  read(tenant: string, hash: string): Promise<AsyncIterable<Uint8Array> | undefined>
}

export interface BlobInfo {
  readonly name?: string
  readonly mediaType?: string
}

export interface BlobRecord extends BlobInfo {
  readonly hash: string
  /** Bytes. */
  readonly size: number
  readonly createdAt: number
}
