import type { IPodSecurityContext, ISecurityContext } from 'kubernetes-models/v1'

/** The user that the image of a project has. */
export const AGENT_USER = 10_001

/** What a pod may do: what the restricted Pod Security Standard allows. Its volumes are writable by the group. */
export function podSecurity(user: number, group: number = user): IPodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    // Else every file of a volume is visited whenever a pod starts.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  }
}

/** What a container may do: nothing but write to the volumes that it has. */
export const CONTAINER_SECURITY: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}
