import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'
import type { Connection } from './connection.ts'
import { inCluster } from './in-cluster.ts'
import { type KubeCluster, type Kubeconfig, readKubeconfig } from './read.ts'
import { credentialsOf } from './user.ts'

/** Which cluster. */
export interface KubeconfigOptions {
  /** File in the place of KUBECONFIG; relative to `cwd`. */
  readonly file: string | undefined
  readonly context: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/**
 * How the cluster of a kubeconfig is reached: the file of the option, those of KUBECONFIG, `~/.kube/config`, or, in a pod without any of
 * them, the pod's own ServiceAccount.
 *
 * Of several files the first that says something wins. Throws INVALID_CONFIG for a file that cannot be used, NOT_FOUND for a context that
 * is in none.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<Connection> {
  const { file, env, cwd } = options
  const isNamed = file !== undefined || (env.KUBECONFIG ?? '') !== ''
  const found = await Promise.all(filesOf(options).map((path) => read(resolve(cwd, path), file !== undefined)))
  const configs = found.filter((config) => config !== undefined)
  const pod = isNamed || configs.length > 0 ? undefined : await inCluster(env)
  if (pod !== undefined) return pod
  if (configs.length === 0) throw noConfig(options)
  return connectionOf(merge(configs), options)
}

function filesOf({ file, env }: KubeconfigOptions): readonly string[] {
  if (file !== undefined) return [file]
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '')
  return named.length > 0 ? named : [join(env.HOME ?? homedir(), '.kube', 'config')]
}

// Of several files in KUBECONFIG some may be absent: kubectl passes over them too.
async function read(path: string, isNeeded: boolean): Promise<Kubeconfig | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' && !isNeeded) return undefined
    throw new PolisError('INVALID_CONFIG', `kubeconfig ${path}: expected a file that can be read: ${cause.message}`, {
      ...{ cause, details: { hint: HINT } },
    })
  })
  return text === undefined ? undefined : readKubeconfig(text, path, (file) => absolute(dirname(path), file))
}

function absolute(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file)
}

function merge(configs: readonly Kubeconfig[]): Kubeconfig {
  const first = <T>(pick: (config: Kubeconfig) => Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.assign({}, ...configs.map(pick).reverse())
  return {
    current: configs.find(({ current }) => current !== '')?.current ?? '',
    contexts: first(({ contexts }) => contexts),
    clusters: first(({ clusters }) => clusters),
    users: first(({ users }) => users),
  }
}

async function connectionOf(config: Kubeconfig, { context: asked, env }: KubeconfigOptions): Promise<Connection> {
  const name = asked ?? config.current
  const context = config.contexts[name]
  if (context === undefined) throw noContext(name, Object.keys(config.contexts))
  const cluster = config.clusters[context.cluster]
  if (cluster === undefined) throw broken(`context '${name}' names a cluster '${context.cluster}' that is not there`)
  const user = context.user === '' ? {} : config.users[context.user]
  if (user === undefined) throw broken(`context '${name}' names a user '${context.user}' that is not there`)
  const ca = cluster.caData ?? (cluster.caFile === undefined ? undefined : await readPem(cluster.caFile))
  refuseServer(cluster, context.cluster)
  return {
    server: cluster.server.replace(/\/+$/, ''),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cluster.servername === undefined ? {} : { servername: cluster.servername }),
      ...(cluster.insecure ? { rejectUnauthorized: false } : {}),
    },
    ...(cluster.proxy === undefined ? { proxyEnv: proxyEnvOf(cluster, env) } : { proxy: cluster.proxy }),
    ...(context.namespace === '' ? {} : { namespace: context.namespace }),
    renews: user.exec !== undefined || user.tokenFile !== undefined,
    credentials: () => credentialsOf(user, cluster, env),
  }
}

const HINT = 'Give another with --kubeconfig, or correct that file'

function refuseServer({ server, proxy }: KubeCluster, name: string): void {
  const schemes = ['https:', 'http:']
  const isUrl = (text: string) => URL.canParse(text) && schemes.includes(new URL(text).protocol)
  if (!isUrl(server))
    throw broken(`cluster '${name}': server: expected a URL such as https://host:6443, got '${server}'`)
  if (proxy !== undefined && !isUrl(proxy))
    throw broken(`cluster '${name}': proxy-url: expected the URL of an HTTP proxy`)
}

// As kubectl goes by them; nothing on this machine is behind a proxy.
function proxyEnvOf({ server }: KubeCluster, env: KubeconfigOptions['env']): Readonly<Record<string, string>> {
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(server).hostname)) return {}
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

async function readPem(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: unknown) => {
    throw new PolisError('INVALID_CONFIG', `kubeconfig: ${file}: ${PolisError.from(cause).message}`, {
      ...{ cause, details: { hint: HINT } },
    })
  })
}

function noConfig({ file, env }: KubeconfigOptions): PolisError {
  const tried = filesOf({ file, env, context: undefined, cwd: '' }).join(', ')
  return new PolisError('NOT_FOUND', `There is no kubeconfig: looked for ${tried}`, {
    details: { hint: 'Give --kubeconfig FILE, or set KUBECONFIG' },
  })
}

function noContext(name: string, known: readonly string[]): PolisError {
  const meant = nearest(name, known)
  const advice = meant === undefined ? `there are ${known.join(', ') || 'none'}` : `did you mean '${meant}'?`
  const what = name === '' ? 'The kubeconfig has no current context' : `There is no context '${name}' in the kubeconfig`
  return new PolisError('NOT_FOUND', `${what}; ${advice}`, { details: { hint: 'Give --context NAME' } })
}

function broken(what: string): PolisError {
  return new PolisError('INVALID_CONFIG', `kubeconfig: ${what}`, { details: { hint: HINT } })
}
