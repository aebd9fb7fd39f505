import { type ClusterApi, type LiveObject, refOf } from '../api.ts'
import { fromRecord, RECORD_LABELS, type Revision, recordName, toRecord } from './revision.ts'

/** The revisions of a deployment, as the cluster has them. */
export interface Records {
  list(): Promise<readonly Revision[]>
  write(revision: Revision): Promise<void>
  remove(revision: Revision): Promise<void>
  /** How many records there are, those that are damaged included. */
  count(): Promise<number>
  /** Removes all but one, those that are damaged included; oldest first, since the newest names the most of what may still be there. */
  clear(but?: Revision): Promise<void>
}

/** Makes the records of one deployment over the API. */
export function createRecords(
  api: ClusterApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Records {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  const records = () => api.list(kind, { namespace, labels: { ...RECORD_LABELS, 'app.kubernetes.io/name': name } })
  return {
    async list() {
      const found = (await records()).map(fromRecord)
      return found.filter((revision) => revision !== undefined).sort((a, b) => a.number - b.number)
    },
    async write(revision) {
      // Nobody else has a say in what it holds.
      await api.apply(toRecord(revision), { force: true })
    },
    async remove({ number }) {
      await api.remove({ ...kind, name: recordName(name, number), namespace })
    },
    count: async () => (await records()).length,
    async clear(but) {
      const order = ({ metadata }: LiveObject) => Number(/\d+$/.exec(metadata.name)?.[0] ?? 0)
      const some = (await records()).filter((record) => order(record) !== but?.number)
      for (const record of some.toSorted((a, b) => order(a) - order(b))) await api.remove(refOf(record))
    },
  }
}
