import { readFile } from 'node:fs/promises'
import { PolisError } from '../../core/error.ts'
import type { Credentials } from './connection.ts'
import { execCredentials } from './exec.ts'
import type { KubeCluster, KubeUser } from './read.ts'

/** A token in a file is read again after this time, in milliseconds: it is exchanged for another before it ends. */
const TOKEN_FILE_TIME = 60_000

/** The credentials of a user. Throws UNAUTHENTICATED where there are none to be had, INVALID_CONFIG for a way that we do not know. */
export async function credentialsOf(
  user: KubeUser,
  cluster: KubeCluster,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials> {
  if (user.exec !== undefined) return await execCredentials(user.exec, cluster, env)
  if (user.authProvider !== undefined) throw unknownProvider(user.authProvider)
  const cert = user.certData ?? (user.certFile === undefined ? undefined : await read(user.certFile))
  const key = user.keyData ?? (user.keyFile === undefined ? undefined : await read(user.keyFile))
  const token = user.tokenFile === undefined ? user.token : String(await read(user.tokenFile)).trim()
  return {
    headers: authorization(token, user.basic),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(user.tokenFile === undefined ? {} : { expiresAt: Date.now() + TOKEN_FILE_TIME }),
  }
}

function authorization(token: string | undefined, basic: KubeUser['basic']): Readonly<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (basic === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` }
}

async function read(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: unknown) => {
    throw new PolisError('UNAUTHENTICATED', `kubeconfig: ${file}: ${PolisError.from(cause).message}`, { cause })
  })
}

function unknownProvider(name: string): PolisError {
  return new PolisError(
    'INVALID_CONFIG',
    `kubeconfig: auth-provider '${name}' is not known: expected exec, a token or a certificate`,
    {
      details: { hint: 'Kubernetes gave auth-provider up: let your provider write the kubeconfig again, with exec' },
    },
  )
}
