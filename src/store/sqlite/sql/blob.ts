import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../statement.ts'

/** A row of `blobs`. */
export interface BlobRow {
  readonly hash: string
  readonly content: string
  readonly size: number
  readonly name: string | null
  readonly mediaType: string | null
  readonly createdAt: number
}

/** The statements on blobs. */
export type BlobStatements = ReturnType<typeof prepareBlobs>

/** Prepares the statements on `blobs` and `blob_chunks`. */
export function prepareBlobs(database: DatabaseSync) {
  return {
    get: prepare<BlobRow>(
      database,
      'SELECT hash, content, size, name, mediaType, createdAt FROM blobs WHERE tenant = ? AND hash = ?',
    ),
    /** All columns in the order of the schema. */
    insert: prepare(database, 'INSERT INTO blobs VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    /** Name, media type, now, tenant, hash. */
    renew: prepare(database, 'UPDATE blobs SET name = ?, mediaType = ?, createdAt = ? WHERE tenant = ? AND hash = ?'),
    remove: prepare(database, 'DELETE FROM blobs WHERE tenant = ? AND hash = ?'),
    insertChunk: prepare(database, 'INSERT INTO blob_chunks VALUES (?, ?, ?, ?)'),
    chunk: prepare<{ bytes: Uint8Array }>(
      database,
      'SELECT bytes FROM blob_chunks WHERE tenant = ? AND content = ? AND part = ?',
    ),
    removeChunks: prepare(database, 'DELETE FROM blob_chunks WHERE tenant = ? AND content = ?'),
    /** Runs may refer to a blob before it is put. */
    countRefs: prepare<{ refs: number }>(
      database,
      'SELECT count(*) AS refs FROM blob_refs INDEXED BY blob_refs_hash WHERE tenant = ? AND hash = ?',
    ),
  }
}
