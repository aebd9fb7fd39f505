import type { ClusterApi } from '../../cluster/api.ts'
import { newestOf, refuseOtherEnvironment } from '../../cluster/revision/history.ts'
import { createRecords } from '../../cluster/revision/records.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import type { NamedDeployment } from './open-deployment.ts'

/** The objects of the newest revision, without the project; none where there is no revision. */
export async function recordedObjects(
  api: ClusterApi,
  named: { readonly name: string; readonly namespace: string },
): Promise<readonly KubernetesObject[]> {
  return newestOf(await createRecords(api, named).list())?.target.objects ?? []
}

/** Throws CONFLICT where the project means another environment than what is there. Without the project nothing but the name is meant. */
export async function refuseAnother(api: ClusterApi, { name, namespace, environment }: NamedDeployment): Promise<void> {
  if (environment === undefined) return
  refuseOtherEnvironment(await createRecords(api, { name, namespace }).list(), { name, namespace, environment })
}
