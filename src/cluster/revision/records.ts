import type { ClusterApi } from '../api.ts'
import { fromRecord, RECORD_LABELS, type Revision, recordName, toRecord } from './revision.ts'

/** The revisions of a deployment, as the cluster has them. */
export interface Records {
  list(): Promise<readonly Revision[]>
  write(revision: Revision): Promise<void>
  remove(revision: Revision): Promise<void>
}

/** Makes the records of one deployment over the API. */
export function createRecords(
  api: ClusterApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Records {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  return {
    async list() {
      const labels = { ...RECORD_LABELS, 'app.kubernetes.io/name': name }
      const found = (await api.list(kind, { namespace, labels })).map(fromRecord)
      return found.filter((revision) => revision !== undefined).sort((a, b) => a.number - b.number)
    },
    async write(revision) {
      // Nobody else has a say in what it holds.
      await api.apply(toRecord(revision), { force: true })
    },
    async remove({ number }) {
      await api.remove({ ...kind, name: recordName(name, number), namespace })
    },
  }
}
