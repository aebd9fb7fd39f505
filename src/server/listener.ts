import type { FastifyInstance } from 'fastify'
import { PolisError } from '../core/error.ts'

/** Where a server listens. */
export interface ListenOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** The setting that moves the port, for the advice in errors; by default `server.port`. */
  readonly setting?: string
}

/** A server that listens. */
export interface Listener {
  readonly host: string
  readonly port: number
  /** For people and clients on this machine. */
  readonly url: string
  /** Takes no more connections and resolves when the last request is done. */
  close(): Promise<void>
}

/** Listens. Rejects with PORT_IN_USE or INVALID_CONFIG, naming the setting and what to do. */
export async function listen(
  app: FastifyInstance,
  { host, port, setting = 'server.port' }: ListenOptions,
): Promise<Listener> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw explain(cause, host, port, setting)
  }
  const [address] = app.addresses()
  const bound = typeof address === 'object' ? address.port : port
  return { host, port: bound, url: `http://${displayHost(host)}:${bound}`, close: () => app.close() }
}

function explain(cause: unknown, host: string, port: number, setting: string): PolisError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const details = { host, port, setting }
  const hostSetting = setting.replace(/port$/, 'host')
  switch (code) {
    case 'EADDRINUSE':
      return new PolisError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is in use by another process. End that process, or set ${setting} to another port (0 takes any free one)`,
        { cause, details },
      )
    case 'EACCES':
      return new PolisError(
        'INVALID_CONFIG',
        `${setting}: this user may not open port ${port}. Ports below 1024 need privileges: choose a higher one`,
        { cause, details },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new PolisError(
        'INVALID_CONFIG',
        `${hostSetting}: ${host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all`,
        { cause, details },
      )
    default:
      return PolisError.from(cause)
  }
}

function displayHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
