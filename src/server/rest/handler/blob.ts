import { Readable } from 'node:stream'
import { PolisError } from '../../../core/error.ts'
import { PATHS } from '../../../core/ports.ts'
import type { BlobRecord } from '../../../store/blob.ts'
import type { Handlers } from '../handler.ts'

const ANY_TYPE = 'application/octet-stream'

/** Bytes in and out. */
export const blobHandlers: Handlers<'putBlob' | 'getBlob' | 'headBlob'> = {
  async putBlob({ headers }, { blobs, caller, bytes }) {
    const name = readName(headers['polis-name'])
    const mediaType = headers['content-type']
    const info = { ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) }
    const { hash, size } = await blobs.put(caller.tenant, bytes, info)
    return { status: 201, body: { hash, size, ...info }, headers: { location: `${PATHS.api}/blobs/${hash}` } }
  },
  async getBlob({ params }, { blobs, caller }) {
    const record = await blobs.head(caller.tenant, params.hash)
    const bytes = record === undefined ? undefined : await blobs.read(caller.tenant, params.hash)
    if (record === undefined || bytes === undefined) throw missing(params.hash)
    return { status: 200, stream: Readable.from(bytes, { objectMode: false }), headers: describe(record) }
  },
  async headBlob({ params }, { blobs, caller }) {
    const record = await blobs.head(caller.tenant, params.hash)
    if (record === undefined) throw missing(params.hash)
    return { status: 200, headers: describe(record) }
  },
}

// An author's file must not become a page of this origin: it is always an attachment, whatever its type.
function describe({ hash, size, mediaType, name }: BlobRecord): Readonly<Record<string, string>> {
  return {
    'content-type': mediaType !== undefined && /^[\x20-\x7e]+$/.test(mediaType) ? mediaType : ANY_TYPE,
    'content-length': String(size),
    'content-disposition': name === undefined ? 'attachment' : `attachment; filename*=UTF-8''${encodeName(name)}`,
    'cache-control': 'private, max-age=31536000, immutable',
    etag: `"${hash}"`,
  }
}

function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (it) => `%${it.charCodeAt(0).toString(16)}`)
}

function readName(header: string | undefined): string | undefined {
  try {
    return header === undefined ? undefined : decodeURIComponent(header)
  } catch (cause) {
    throw new PolisError('INVALID_ARGUMENT', 'Expected Polis-Name to be percent-encoded UTF-8', { cause })
  }
}

function missing(hash: string): PolisError {
  return new PolisError('NOT_FOUND', `There is no blob ${hash}`)
}
