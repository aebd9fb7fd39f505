import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who speaks to the API server, by a token that it reads from a file. */
export interface Identity {
  readonly user: string
  readonly groups: readonly string[]
  readonly token: string
}

/** The identities that a control plane begins with. */
export interface Identities {
  readonly admin: Identity
  readonly controllerManager: Identity
  readonly scheduler: Identity
  readonly proxy: Identity
  /** By name, of the nodes. */
  readonly nodes: Readonly<Record<string, Identity>>
}

/** Makes the identities, and writes the files in which the API server finds them: tokens, and the key of service accounts. */
export function makeIdentities(folder: string, nodeNames: readonly string[]): Identities {
  const identity = (user: string, ...groups: readonly string[]): Identity => ({ user, groups, token: randomUUID() })
  const nodes = nodeNames.map((name) => [name, identity(`system:node:${name}`, 'system:nodes')] as const)
  const identities: Identities = {
    admin: identity('admin', 'system:masters'),
    controllerManager: identity('system:kube-controller-manager'),
    scheduler: identity('system:kube-scheduler'),
    proxy: identity('system:kube-proxy'),
    nodes: Object.fromEntries(nodes),
  }
  const { nodes: _, ...others } = identities
  const all = [...Object.values(others), ...nodes.map(([, node]) => node)]
  const lines = all.map(({ user, groups, token }) => `${token},${user},${user},"${groups.join(',')}"\n`)
  writeFileSync(tokenFile(folder), lines.join(''), { mode: 0o600 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  writeFileSync(serviceAccountKey(folder), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  return identities
}

/** The file of tokens, as kube-apiserver reads it. */
export function tokenFile(folder: string): string {
  return join(folder, 'tokens.csv')
}

/** The key that the tokens of service accounts are signed with. */
export function serviceAccountKey(folder: string): string {
  return join(folder, 'service-accounts.key')
}

/** Writes a kubeconfig, and answers its path. */
export function writeKubeconfig(folder: string, server: string, ca: string, { user, token }: Identity): string {
  const path = join(folder, `${user.replaceAll(':', '-')}.kubeconfig`)
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': ca } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
  }
  // YAML reads JSON.
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
  return path
}
