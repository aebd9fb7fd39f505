import { readFile } from 'node:fs/promises'
import type { Connection } from './connection.ts'
import { credentialsOf } from './user.ts'

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The API as a pod reaches it, with the token of its ServiceAccount; undefined anywhere else. */
export async function inCluster(env: Readonly<Record<string, string | undefined>>): Promise<Connection | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env
  if (host === undefined || host === '') return undefined
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const cluster = { server, insecure: false }
  const ca = await readFile(`${FOLDER}/ca.crt`).catch(() => undefined)
  // A pod without a token has no rights: as if there were no cluster.
  if (ca === undefined) return undefined
  const namespace = await readFile(`${FOLDER}/namespace`, 'utf8').catch(() => '')
  return {
    ...{ server, tls: { ca }, renews: true },
    ...(namespace === '' ? {} : { namespace: namespace.trim() }),
    credentials: () => credentialsOf({ tokenFile: `${FOLDER}/token` }, cluster, env),
  }
}
