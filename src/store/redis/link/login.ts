import type { Clock } from '../../../core/clock.ts'
import type { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import { rememberSecret } from '../../../core/secret.ts'
import type { Log } from '../../../telemetry/log.ts'
import { isLogin, isReply, type LoginPrefix, notAllowed } from './failure.ts'
import type { LoginOptions } from './options.ts'
import { repeat } from './pause.ts'
import { readSettingFile } from './setting-file.ts'
import type { Socket } from './socket.ts'

/** Logs connections in, and again when the password changes. */
export interface Login {
  /** Logs a new connection in. @throws PolisError INVALID_CONFIG */
  enter(socket: Socket): Promise<void>
  /** Logs an open connection in again with each new password, as soon as Redis takes it. */
  renew(socket: Socket): void
  /** What to say when Redis does not let us in, or not do what we must. */
  refuse(address: HostPort, reply: Error): PolisError
  /** Calls back when the password is another; returns what ends it. */
  onChange(changed: () => void): () => void
  close(): void
}

const LOOK_EVERY = 2000

/**
 * Reads the password, and its file every two seconds from then on; `prefix` begins its settings. @throws PolisError INVALID_CONFIG
 *
 * While a password is being changed Redis may know only the older one, so that is tried second.
 */
export async function openLogin(options: LoginOptions, prefix: LoginPrefix, clock: Clock, log: Log): Promise<Login> {
  const changed = new Set<() => void>()
  const stale = new Map<Socket, boolean>()
  const option = `${prefix}password`
  const read = () => readPassword(options, option)
  let passwords = [await read()]
  const look = async () => {
    try {
      const newest = await read()
      if (newest !== passwords[0]) {
        passwords = [newest, ...passwords.slice(0, 1)]
        log.info({}, `${option} has changed`)
        for (const socket of stale.keys()) stale.set(socket, true)
        for (const tell of [...changed]) tell()
      }
    } catch (error) {
      // The file may be in the middle of being replaced; the password that is known goes on.
      log.warn({ error }, `${option} cannot be read again`)
    }
    for (const [socket, isStale] of stale) if (isStale) void renew(socket)
  }
  const refuse = (address: HostPort, reply: Error) => notAllowed(address, reply, prefix)
  const renew = async (socket: Socket) => {
    try {
      await enter(socket, options.username, passwords.slice(0, 1), refuse)
      if (stale.has(socket)) stale.set(socket, false)
    } catch {
      // While Redis does not know the new password, the connection stays open with the one before.
    }
  }
  const stop = options.passwordFile === undefined ? () => undefined : repeat(clock, () => LOOK_EVERY, look)
  return {
    enter: (socket) => enter(socket, options.username, passwords, refuse),
    refuse,
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
  username: string | undefined,
  passwords: readonly (string | undefined)[],
  refuse: Login['refuse'],
): Promise<void> {
  let refused: Error | undefined
  for (const password of passwords) {
    if (password === undefined && username === undefined) return
    try {
      // An ACL user may have no password, and then takes any.
      await socket.send('auth', username ?? 'default', password ?? '')
      return
    } catch (reason) {
      if (isNeedless(reason)) return
      if (!isReply(reason) || !isLogin(reason)) throw reason
      refused = reason
    }
  }
  if (refused !== undefined) throw refuse(socket.address, refused)
}

// A server without a password for its default user lets everyone in.
function isNeedless(reason: unknown): boolean {
  return reason instanceof Error && /without any password configured/.test(reason.message)
}

async function readPassword({ password, passwordFile }: LoginOptions, option: string): Promise<string | undefined> {
  const read = passwordFile === undefined ? password : String(await readSettingFile(passwordFile, `${option}_file`))
  const secret = read?.replace(/\r?\n$/, '')
  if (secret !== undefined) rememberSecret(secret)
  return secret
}
