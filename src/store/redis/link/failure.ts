import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'

/** What an error that Redis answered means for the call that it answers. */
export type Meaning =
  /** Nothing was done: the server has not our library. */
  | { readonly kind: 'unknown-function'; readonly error: PolisError }
  /** Nothing was done: the server is not, or not yet, the primary that it should be. */
  | { readonly kind: 'not-primary'; readonly error: PolisError }
  /** Nothing was done: another node of the Cluster has the slot. */
  | { readonly kind: 'moved'; readonly address: HostPort; readonly error: PolisError }
  /**
   * Nothing was done: the Cluster is down, or the slot is moving. To follow an ASK would be wrong: the library touches keys that it does not name, and would
   * find half of them.
   */
  | { readonly kind: 'again'; readonly error: PolisError }
  | { readonly kind: 'failed'; readonly error: PolisError }

const NOT_PRIMARY: Readonly<Record<string, string>> = {
  READONLY: 'is a replica now',
  MASTERDOWN: 'is a replica that has lost its primary',
  LOADING: 'is still loading its data',
}
const LOGIN = /^(NOAUTH|WRONGPASS|NOPERM)$/

/** Whether it is an answer of Redis, rather than the loss of the connection. */
export function isReply(reason: unknown): reason is Error {
  return reason instanceof Error && reason.name === 'ReplyError'
}

/**
 * What an error that Redis answered means.
 *
 * The library's error is never kept as a cause: it holds the arguments of the command, and so payloads and passwords.
 */
export function meaningOf(reply: Error, address: HostPort): Meaning {
  const [code = ''] = reply.message.split(' ', 1)
  if (/Function not found/i.test(reply.message)) {
    return { kind: 'unknown-function', error: unavailable(address, 'has lost our functions') }
  }
  if (code === 'MOVED') return redirection(reply, address)
  const state = NOT_PRIMARY[code]
  if (state !== undefined)
    return { kind: 'not-primary', error: unavailable(address, `${state}: it is left for another`) }
  if (code === 'CLUSTERDOWN') return { kind: 'again', error: unavailable(address, 'says that the Cluster is down') }
  if (code === 'TRYAGAIN' || code === 'ASK')
    return { kind: 'again', error: unavailable(address, 'is moving the slot of the shard to another node') }
  return { kind: 'failed', error: failureOf(code, reply, address) }
}

/** Redis is not connected, and nothing was sent. */
export function unavailable(address: HostPort, what: string): PolisError {
  return new PolisError('STORE_UNAVAILABLE', `Redis at ${showHostPort(address)} ${what}`)
}

/**
 * Why there is no connection, for a call: it may be put right while whoever called waits. At the start the same is a reason to give up,
 * later none to fail a run.
 */
export function passing(reason: unknown): PolisError {
  const error = PolisError.from(reason)
  if (error.code === 'STORE_UNAVAILABLE') return error
  return new PolisError('STORE_UNAVAILABLE', error.message, { cause: error, details: error.details })
}

/** The connection was gone before anything was sent on it. */
export function unsent(address: HostPort): PolisError {
  const message = `Redis at ${showHostPort(address)} is not connected any more: nothing was sent`
  return new PolisError('STORE_UNAVAILABLE', message, { details: { sent: false } })
}

/** Whether nothing was sent. */
export function isUnsent(reason: unknown): reason is PolisError {
  return reason instanceof PolisError && reason.details.sent === false
}

/** The connection ended while a call was under way. */
export function lost(address: HostPort, reason: string): PolisError {
  return new PolisError(
    'STORE_UNAVAILABLE',
    `Redis at ${showHostPort(address)} did not answer (${reason}): whether the call was carried out is not known`,
  )
}

/** That Redis does not let us in, or not do what we must; what it said names no password. `prefix` is of the settings for the login. */
export function notAllowed(address: HostPort, reply: Error, prefix: LoginPrefix): PolisError {
  const password = prefix === 'redis.' ? 'redis.password or redis.password_file' : `${prefix}password_file`
  return new PolisError(
    'INVALID_CONFIG',
    `Redis at ${showHostPort(address)} refuses us (${reply.message}): check ${prefix}username and ${password}, and the rules of that ACL user`,
  )
}

/** What the settings of a login begin with. */
export type LoginPrefix = 'redis.' | 'redis.sentinel_'

/** Whether Redis refused the login, or a command that the ACL user may not use. */
export function isLogin(reply: Error): boolean {
  return LOGIN.test(reply.message.split(' ', 1)[0] ?? '')
}

function redirection(reply: Error, address: HostPort): Meaning {
  const [, , target = ''] = reply.message.split(' ')
  // An IPv6 address has no brackets here, and a node that does not know its own leaves it out: it is the one that we asked.
  const end = target.lastIndexOf(':')
  const [host, port] = [target.slice(0, end) || address.host, Number(target.slice(end + 1))]
  if (end < 0 || !(port > 0)) {
    return { kind: 'failed', error: unavailable(address, `sent us to '${target}', which is no address`) }
  }
  const found = { host, port }
  return { kind: 'moved', address: found, error: unavailable(address, `sent us to ${showHostPort(found)}`) }
}

function failureOf(code: string, reply: Error, address: HostPort): PolisError {
  const at = `Redis at ${showHostPort(address)}`
  const said = reply.message
  if (code === 'OOM' || /No space left/i.test(said)) {
    return new PolisError('STORE_FULL', `${at} has no memory or disk left (${said}): free some, or raise maxmemory`)
  }
  if (LOGIN.test(code)) {
    // It may be put right while we wait: unlike at the start, this is no reason to give up.
    return new PolisError('STORE_UNAVAILABLE', notAllowed(address, reply, 'redis.').message)
  }
  if (code === 'BUSY') return unavailable(address, 'is busy with a script: nothing was done')
  if (code === 'NOREPLICAS')
    return unavailable(address, 'has fewer replicas than min-replicas-to-write: nothing was done')
  if (code === 'MISCONF') return unavailable(address, `cannot write its data to disk (${said})`)
  if (code === 'UNBLOCKED') return lost(address, 'it stopped being the primary')
  if (code === 'WRONGTYPE') {
    return new PolisError('STORE_CORRUPT', `${at} holds a key of another type than ours (${said}): set redis.prefix`)
  }
  return new PolisError('INTERNAL', `${at} answered: ${said}`)
}
