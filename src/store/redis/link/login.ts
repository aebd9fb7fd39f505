import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../core/clock.ts'
import { rememberSecret } from '../../../core/secret.ts'
import { resolveSecret } from '../../../core/secret-value.ts'
import type { Log } from '../../../telemetry/log.ts'
import { isLogin, isReply, notAllowed } from './failure.ts'
import type { LoginOptions } from './options.ts'
import { repeat } from './pause.ts'
import type { Socket } from './socket.ts'

/** Logs connections in, and again when the password changes. */
export interface Login {
  /** Logs a new connection in. @throws PolisError INVALID_CONFIG */
  enter(socket: Socket): Promise<void>
  /** Logs an open connection in again with each new password, as soon as Redis takes it. */
  renew(socket: Socket): void
  /** Calls back when the password is another; returns what ends it. */
  onChange(changed: () => void): () => void
  close(): void
}

const LOOK_EVERY = 2000

/**
 * Reads the password, and its file every two seconds from then on. @throws PolisError INVALID_CONFIG
 *
 * While a password is being changed Redis may know only the older one, so that is tried second.
 */
export async function openLogin(options: LoginOptions, option: string, clock: Clock, log: Log): Promise<Login> {
  const changed = new Set<() => void>()
  const stale = new Map<Socket, boolean>()
  const read = () => readPassword(options, option)
  let passwords = [await read()]
  const look = async () => {
    try {
      const newest = await read()
      if (newest !== passwords[0]) {
        passwords = [newest, ...passwords.slice(0, 1)]
        log.info({}, `the password of ${option} has changed`)
        for (const socket of stale.keys()) stale.set(socket, true)
        for (const tell of [...changed]) tell()
      }
    } catch (error) {
      // The file may be in the middle of being replaced; the password that is known goes on.
      log.warn({ error }, `the password of ${option} cannot be read again`)
    }
    for (const [socket, isStale] of stale) if (isStale) void renew(socket)
  }
  const renew = async (socket: Socket) => {
    // While Redis does not know the new password, the connection stays open with the one before.
    const taken = await enter(socket, options.username, passwords.slice(0, 1)).catch(() => false)
    if (taken !== false && stale.has(socket)) stale.set(socket, false)
  }
  const stop = options.passwordFile === undefined ? () => undefined : repeat(clock, () => LOOK_EVERY, look)
  return {
    enter: (socket) => enter(socket, options.username, passwords),
    renew: (socket) => {
      stale.set(socket, false)
      void socket.gone.then(() => stale.delete(socket))
    },
    onChange: (tell) => {
      changed.add(tell)
      return () => void changed.delete(tell)
    },
    close: stop,
  }
}

async function enter(
  socket: Socket,
  username = 'default',
  passwords: readonly (string | undefined)[] = [],
): Promise<void> {
  let refused: Error | undefined
  for (const password of passwords) {
    if (password === undefined) return
    try {
      await socket.send('auth', username, password)
      return
    } catch (reason) {
      if (isNeedless(reason)) return
      if (!isReply(reason) || !isLogin(reason)) throw reason
      refused = reason
    }
  }
  if (refused !== undefined) throw notAllowed(socket.address, refused)
}

// A server without a password for its default user lets everyone in.
function isNeedless(reason: unknown): boolean {
  return reason instanceof Error && /without any password configured/.test(reason.message)
}

async function readPassword({ password, passwordFile }: LoginOptions, option: string): Promise<string | undefined> {
  if (passwordFile === undefined) {
    if (password !== undefined) rememberSecret(password)
    return password
  }
  const read = (file: string) => readFile(file, 'utf8')
  return resolveSecret({ file: passwordFile }, option, { env: {}, read, onSecret: rememberSecret })
}
