import type { ClusterApi } from '../../cluster/api.ts'
import { newestOf } from '../../cluster/revision/history.ts'
import { createRecords } from '../../cluster/revision/records.ts'
import type { KubernetesObject } from '../../manifest/object.ts'

/** The objects of the newest revision, without the project; none where there is no revision. */
export async function recordedObjects(
  api: ClusterApi,
  named: { readonly name: string; readonly namespace: string },
): Promise<readonly KubernetesObject[]> {
  return newestOf(await createRecords(api, named).list())?.target.objects ?? []
}
