import { connect as connectTcp, type TcpNetConnectOpts } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis'
import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import { isReply, lost, unsent } from './failure.ts'
import type { TlsOptions } from './options.ts'
import { readSettingFile } from './setting-file.ts'

/**
 * One connection to one server, for as long as it lasts: what is lost with it is never sent again.
 *
 * Boundary: the only file that knows the client library, which is used for its parser, its pipeline and TLS alone. Finding
 * the server, connecting again and logging in are ours, since they are where the library guesses.
 */
export interface Socket {
  readonly address: HostPort
  /** Sends a command at once, behind those before it. Resolves with the reply (texts as Buffer), rejects with Redis' error or STORE_UNAVAILABLE (`isUnsent` tells what never left). */
  send(command: string, ...args: readonly Argument[]): Promise<unknown>
  /** Calls back with messages of channels that were subscribed to. */
  onMessage(heard: (channel: Buffer, message: Buffer) => void): void
  /** Whether nothing can be sent any more. */
  isGone(): boolean
  /** Resolves with why, once it is gone. */
  readonly gone: Promise<PolisError>
  close(): void
}

type Argument = string | number | Buffer

/** How a server is connected to. */
export interface SocketOptions {
  readonly address: HostPort
  readonly tls: TlsOptions | undefined
  /** Longest that a server may say nothing while something is asked of it (ms), connecting included. */
  readonly timeout: number
  readonly signal: AbortSignal
}

const KEEP_ALIVE = 10_000
const CLOSE_WITHIN = 500

/** Connects, without logging in. @throws PolisError STORE_UNAVAILABLE, or INVALID_CONFIG for a file of TLS that cannot be read. */
export async function openSocket({ address, tls, timeout, signal }: SocketOptions): Promise<Socket> {
  const redis = new Redis({
    ...address,
    ...(tls === undefined ? {} : { tls: await readTls(tls) }),
    ...{ lazyConnect: true, connectTimeout: timeout, socketTimeout: timeout, disconnectTimeout: CLOSE_WITHIN },
    ...{ keepAlive: KEEP_ALIVE, noDelay: true, protocol: 2, enableReadyCheck: false, disableClientInfo: true },
    // Nothing is kept for later, or sent twice.
    ...{ retryStrategy: null, enableOfflineQueue: false, autoResendUnfulfilledCommands: false, autoResubscribe: false },
    Connector,
  })
  let reason = 'the connection was closed'
  redis.on('error', (error: Error) => {
    reason = reasonOf(error)
  })
  const gone = new Promise<PolisError>((resolve) => redis.once('end', () => resolve(lost(address, reason))))
  const close = () => redis.disconnect()
  // What the promise above tells a moment later.
  const isGone = () => redis.status !== 'ready' || !redis.stream.writable
  signal.addEventListener('abort', close, { once: true })
  void gone.then(() => signal.removeEventListener('abort', close))
  try {
    signal.throwIfAborted()
    await redis.connect()
    await redis.ping().catch(unlessReply)
  } catch {
    // What the library rejects with says only that it is closed; its event said why.
    redis.disconnect()
    throw unreachable(address, reason)
  }
  return {
    address,
    send: (command, ...args) =>
      isGone()
        ? Promise.reject(unsent(address))
        : redis.callBuffer(command, ...args).catch((error) => refuse(error, address, reason)),
    isGone,
    onMessage: (heard) => void redis.on('messageBuffer', heard).on('smessageBuffer', heard),
    gone,
    close,
  }
}

/**
 * Opens the stream, and hears all of its errors. The library's own connector hears one: after a certificate that was refused TLS may
 * have a second, and an error that nobody hears ends the process.
 */
class Connector extends AbstractConnector {
  readonly #options: RedisOptions

  constructor(options: unknown) {
    super(CLOSE_WITHIN)
    this.#options = options as RedisOptions
  }

  async connect() {
    const { host, port, tls } = this.#options
    this.connecting = true
    this.stream =
      tls === undefined ? connectTcp({ host, port } as TcpNetConnectOpts) : connectTls({ host, port, ...tls })
    this.stream.on('error', (error) => {
      this.firstError ??= error
    })
    return this.stream
  }
}

// Whoever wants to know first who we are answers as well; only who speaks TLS to our plain text, or the reverse, does not.
function unlessReply(error: unknown): void {
  if (!isReply(error)) throw error
}

function refuse(error: unknown, address: HostPort, reason: string): never {
  throw isReply(error) ? error : lost(address, reason)
}

function unreachable(address: HostPort, reason: string): PolisError {
  return new PolisError(
    'STORE_UNAVAILABLE',
    `Redis at ${showHostPort(address)} cannot be reached (${reason}): check that it runs there, and whether it wants TLS (redis.ssl.enabled)`,
  )
}

function reasonOf(error: Error): string {
  const { code } = error as { readonly code?: unknown }
  if (/Socket timeout/.test(error.message)) return 'it said nothing for too long'
  return typeof code === 'string' && !error.message.includes(code) ? `${code}: ${error.message}` : error.message
}

async function readTls({ caFile, certFile, keyFile, serverName }: TlsOptions): Promise<ConnectionOptions> {
  return {
    ...(caFile === undefined ? {} : { ca: await readSettingFile(caFile, 'redis.ssl.ca_file') }),
    ...(certFile === undefined ? {} : { cert: await readSettingFile(certFile, 'redis.ssl.cert_file') }),
    ...(keyFile === undefined ? {} : { key: await readSettingFile(keyFile, 'redis.ssl.key_file') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
