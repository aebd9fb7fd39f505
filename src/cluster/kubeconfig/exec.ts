import { spawn } from 'node:child_process'
import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { at, textAt } from '../read.ts'
import type { Credentials } from './connection.ts'
import type { KubeCluster, KubeExec } from './read.ts'

/** Longest that a program may take, in milliseconds: some ask a provider over the network. */
const LONGEST = 60_000

/**
 * The credentials that a program gives (client.authentication.k8s.io: an ExecCredential on its standard output).
 *
 * It is told that nobody sits at a terminal, and given `longest` milliseconds. Throws UNAUTHENTICATED with what the program said on standard error.
 */
export async function execCredentials(
  exec: KubeExec,
  cluster: KubeCluster,
  env: Readonly<Record<string, string | undefined>>,
  longest = LONGEST,
): Promise<Credentials> {
  const told = { ...env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(infoOf(exec, cluster)) }
  const text = await run(exec, told, longest)
  const status = at(parse(text, exec), 'status')
  const [token, cert, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((field) => textAt(status, field))
  if (!token && !cert) throw failed(exec, 'it gave neither a token nor a certificate')
  const expires = Date.parse(textAt(status, 'expirationTimestamp'))
  return {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(Number.isNaN(expires) ? {} : { expiresAt: expires }),
  }
}

function infoOf({ apiVersion, providesCluster }: KubeExec, cluster: KubeCluster): unknown {
  const { server, insecure, caData, servername, proxy } = cluster
  const told = {
    server,
    ...(insecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(caData === undefined ? {} : { 'certificate-authority-data': caData.toString('base64') }),
    ...(servername === undefined ? {} : { 'tls-server-name': servername }),
    ...(proxy === undefined ? {} : { 'proxy-url': proxy }),
  }
  return {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(providesCluster ? { cluster: told } : {}) },
  }
}

async function run(exec: KubeExec, env: NodeJS.ProcessEnv, longest: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = spawn(exec.command, [...exec.args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  // It may not listen, and what it has started itself may hold its output open: nobody waits for either.
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
    reject(failed(exec, `it had not ended after ${formatDuration(longest)}${said(err)}`))
  }, longest)
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.on('error', (cause: NodeJS.ErrnoException) =>
    reject(failed(exec, cause.code === 'ENOENT' ? 'there is no such program' : cause.message)),
  )
  child.on('close', (code, signal) => {
    if (code === 0) return resolve(Buffer.concat(out).toString())
    reject(failed(exec, `it ended with ${signal ?? code}${said(err)}`))
  })
  return await promise.finally(() => clearTimeout(timer))
}

function said(chunks: readonly Buffer[]): string {
  const text = Buffer.concat(chunks).toString().trim().slice(-500)
  return text === '' ? '' : `: ${text}`
}

function parse(text: string, exec: KubeExec): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not shown: part of it may be a credential.
    throw failed(exec, 'what it printed is no ExecCredential')
  }
}

function failed({ command, installHint }: KubeExec, why: string): PolisError {
  return new PolisError('UNAUTHENTICATED', `kubeconfig: the program '${command}' gave no credentials: ${why}`, {
    details: { hint: installHint || 'Run it by hand to see what it needs; often it is a login that has ended' },
  })
}
