import { PolisError } from '../../core/error.ts'
import type { BlobRecord } from '../../store/blob.ts'
import type { ScopeBlobs } from '../scope.ts'
import { partsOf, type Residence } from './residence.ts'

/** The blobs of a run's tenant, as its code sees them. */
export function createBlobs(residence: Residence): ScopeBlobs {
  const { tenant } = residence.record
  const { blob } = residence.engine.store
  const keep = (hash: string) => void partsOf(residence.batch).blobs.push(hash)
  const head = async (hash: string): Promise<BlobRecord> => (await blob.head(tenant, hash)) ?? missing(hash)
  return {
    async put(bytes, info) {
      const stored = await blob.put(tenant, bytes, info)
      keep(stored.hash)
      return stored
    },
    head,
    async read(hash) {
      const chunks = (await blob.read(tenant, hash)) ?? missing(hash)
      return Buffer.concat(await Array.fromAsync(chunks))
    },
    keep,
  }
}

function missing(hash: string): never {
  throw new PolisError(
    'NOT_FOUND',
    `There is no blob ${hash}: store its bytes first (POST /api/v1/blobs), or check the hash`,
  )
}
