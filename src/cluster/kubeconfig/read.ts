import { parse } from 'yaml'
import { PolisError } from '../../core/error.ts'
import { at, listAt, textAt } from '../read.ts'

/** A kubeconfig: contexts, clusters and users by name. Paths are absolute. */
export interface Kubeconfig {
  readonly current: string
  readonly contexts: Readonly<
    Record<string, { readonly cluster: string; readonly user: string; readonly namespace: string }>
  >
  readonly clusters: Readonly<Record<string, KubeCluster>>
  readonly users: Readonly<Record<string, KubeUser>>
}

/** Where a cluster is, and how it proves to be itself. */
export interface KubeCluster {
  readonly server: string
  readonly caData?: Buffer
  readonly caFile?: string
  readonly servername?: string
  readonly insecure: boolean
  readonly proxy?: string
}

/** How a user proves who they are. */
export interface KubeUser {
  readonly token?: string
  readonly tokenFile?: string
  readonly certData?: Buffer
  readonly certFile?: string
  readonly keyData?: Buffer
  readonly keyFile?: string
  readonly basic?: { readonly username: string; readonly password: string }
  readonly exec?: KubeExec
  /** Name of a way that Kubernetes itself gave up. */
  readonly authProvider?: string
}

/** A program that gives credentials. */
export interface KubeExec {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string
  /** Whether it is told about the cluster. */
  readonly providesCluster: boolean
}

/** Reads a kubeconfig. Throws INVALID_CONFIG for what is none; what it says in fields that we do not know is passed over. */
export function readKubeconfig(text: string, path: string, absolute: (file: string) => string): Kubeconfig {
  const config = parseText(text, path)
  const named = <T>(list: string, of: string, make: (entry: unknown) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(listAt(config, list).map((entry) => [textAt(entry, 'name'), make(at(entry, of))]))
  return {
    current: textAt(config, 'current-context'),
    contexts: named('contexts', 'context', (entry) => ({
      cluster: textAt(entry, 'cluster'),
      user: textAt(entry, 'user'),
      namespace: textAt(entry, 'namespace'),
    })),
    clusters: named('clusters', 'cluster', (entry) => readCluster(entry, absolute)),
    users: named('users', 'user', (entry) => readUser(entry, absolute)),
  }
}

function parseText(text: string, path: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw new PolisError('INVALID_CONFIG', `kubeconfig ${path}: expected YAML: ${PolisError.from(cause).message}`, {
      ...{ cause, details: { hint: 'Correct that file, or give another with --kubeconfig' } },
    })
  }
}

function readCluster(entry: unknown, absolute: (file: string) => string): KubeCluster {
  return {
    server: textAt(entry, 'server'),
    insecure: at(entry, 'insecure-skip-tls-verify') === true,
    ...data('caData', entry, 'certificate-authority-data'),
    ...file('caFile', entry, 'certificate-authority', absolute),
    ...word('servername', entry, 'tls-server-name'),
    ...word('proxy', entry, 'proxy-url'),
  }
}

function readUser(entry: unknown, absolute: (file: string) => string): KubeUser {
  const username = textAt(entry, 'username')
  return {
    ...word('token', entry, 'token'),
    ...file('tokenFile', entry, 'tokenFile', absolute),
    ...data('certData', entry, 'client-certificate-data'),
    ...file('certFile', entry, 'client-certificate', absolute),
    ...data('keyData', entry, 'client-key-data'),
    ...file('keyFile', entry, 'client-key', absolute),
    ...(username === '' ? {} : { basic: { username, password: textAt(entry, 'password') } }),
    ...(at(entry, 'exec') === undefined ? {} : { exec: readExec(at(entry, 'exec'), absolute) }),
    ...(at(entry, 'auth-provider') === undefined ? {} : { authProvider: textAt(entry, 'auth-provider', 'name') }),
  }
}

function readExec(entry: unknown, absolute: (file: string) => string): KubeExec {
  const command = textAt(entry, 'command')
  return {
    apiVersion: textAt(entry, 'apiVersion'),
    // With a slash it is a path beside the file; without, a program on the PATH.
    command: command.includes('/') ? absolute(command) : command,
    args: listAt(entry, 'args').filter((arg) => typeof arg === 'string'),
    env: Object.fromEntries(listAt(entry, 'env').map((each) => [textAt(each, 'name'), textAt(each, 'value')])),
    installHint: textAt(entry, 'installHint'),
    providesCluster: at(entry, 'provideClusterInfo') === true,
  }
}

type Named<Key extends string, Value> = Readonly<Partial<Record<Key, Value>>>

function word<Key extends string>(key: Key, entry: unknown, field: string): Named<Key, string> {
  const text = textAt(entry, field)
  // A computed key widens to any text.
  return (text === '' ? {} : { [key]: text }) as Named<Key, string>
}

function file<Key extends string>(
  key: Key,
  entry: unknown,
  field: string,
  absolute: (file: string) => string,
): Named<Key, string> {
  const path = textAt(entry, field)
  return (path === '' ? {} : { [key]: absolute(path) }) as Named<Key, string>
}

function data<Key extends string>(key: Key, entry: unknown, field: string): Named<Key, Buffer> {
  const text = textAt(entry, field)
  return (text === '' ? {} : { [key]: Buffer.from(text, 'base64') }) as Named<Key, Buffer>
}
