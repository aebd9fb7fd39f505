import { PolisError } from '../core/error.ts'
import { type ClusterApi, type LiveObject, refOf } from './api.ts'

/** Removes an object that was looked at; false where it is gone, or another has taken its name since: that one stays. */
export async function removeLive(api: ClusterApi, live: LiveObject): Promise<boolean> {
  return await api.remove(refOf(live), { uid: live.metadata.uid }).catch((reason: unknown) => {
    if (PolisError.from(reason).code !== 'CONFLICT') throw reason
    return false
  })
}
