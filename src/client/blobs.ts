import { PATHS } from '../core/ports.ts'
import type { BlobView } from '../core/route/wire.ts'
import { type CallOptions, toSent } from './operation-call.ts'
import type { Transport } from './transport.ts'

/** Bytes over REST. */
export interface BlobsClient {
  put(
    bytes: BodyInit,
    info?: { readonly name?: string; readonly mediaType?: string },
    options?: CallOptions,
  ): Promise<BlobView>
  /** The bytes, as they arrive. */
  get(hash: string, options?: CallOptions): Promise<ReadableStream<Uint8Array>>
  /** Size and media type; NOT_FOUND when there is no such blob. */
  head(
    hash: string,
    options?: CallOptions,
  ): Promise<{ readonly hash: string; readonly size: number; readonly mediaType: string }>
}

/** Makes the blobs part of a client. */
export function createBlobs(transport: Transport): BlobsClient {
  return {
    async put(bytes, { name, mediaType = 'application/octet-stream' } = {}, { signal } = {}) {
      const headers = {
        'content-type': mediaType,
        ...(name === undefined ? {} : { 'polis-name': encodeURIComponent(name) }),
      }
      // The hash of the bytes is their name: storing them twice is storing them once. A stream can be read only once, though.
      const repeatable = !(bytes instanceof ReadableStream)
      const response = await transport({
        method: 'POST',
        path: `${PATHS.api}/blobs`,
        headers,
        body: bytes,
        repeatable,
        signal,
      })
      return (await response.json()) as BlobView
    },
    async get(hash, options = {}) {
      const response = await transport(toSent('getBlob', { params: { hash } }, options))
      return response.body ?? new Blob([]).stream()
    },
    async head(hash, options = {}) {
      const { headers } = await transport(toSent('headBlob', { params: { hash } }, options))
      return { hash, size: Number(headers.get('content-length')), mediaType: headers.get('content-type') ?? '' }
    },
  }
}
