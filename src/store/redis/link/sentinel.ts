import { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import { type AskOptions, askMost, silence } from './ask-most.ts'
import { isReply } from './failure.ts'
import type { Socket } from './socket.ts'

/** How sentinels are asked. */
export interface SentinelOptions extends Omit<AskOptions<unknown>, 'servers' | 'ask' | 'signal'> {
  readonly sentinels: readonly HostPort[]
  /** Under which they know the primary. */
  readonly name: string
}

interface Answer {
  /** Undefined where the sentinel knows no primary of that name. */
  readonly address: HostPort | undefined
  /** Grows with each failover. */
  readonly epoch: number
  readonly others: readonly HostPort[]
}

/**
 * Finds the primary that the sentinels name.
 *
 * All are asked, and the answer of the latest failover counts: one that was cut off still names the primary before. Sentinels that they
 * know beside the ones given are asked as well.
 *
 * @throws PolisError STORE_UNAVAILABLE when none answers; INVALID_CONFIG when those that do know no such primary.
 */
export function createSentinelFinder(options: SentinelOptions): (signal: AbortSignal) => Promise<HostPort> {
  const { sentinels, name } = options
  let learnt: readonly HostPort[] = []
  return async (signal) => {
    const ask = (socket: Socket) => askSentinel(socket, name)
    const { answers, faults } = await askMost({ ...options, servers: [...sentinels, ...learnt], ask, signal })
    const latest = answers.toSorted((a, b) => b.epoch - a.epoch).find(({ address }) => address !== undefined)
    if (latest?.address !== undefined) {
      learnt = latest.others
      return latest.address
    }
    if (answers.length === 0) throw silence(faults, 'redis.sentinels')
    throw new PolisError(
      'INVALID_CONFIG',
      `redis.sentinel_name: the sentinels know no primary named '${name}': use the name in their 'sentinel monitor' line`,
    )
  }
}

async function askSentinel(socket: Socket, name: string): Promise<Answer> {
  const [place, primary, others] = await Promise.all([
    socket.send('sentinel', 'get-master-addr-by-name', name),
    tryAsk(socket, 'master', name),
    tryAsk(socket, 'sentinels', name),
  ])
  const [host, port] = Array.isArray(place) ? place.map(String) : []
  return {
    address: host === undefined ? undefined : { host, port: Number(port) },
    epoch: Number(fieldsOf(primary).get('config-epoch') ?? 0),
    others: Array.isArray(others) ? others.map(fieldsOf).flatMap(placeOf) : [],
  }
}

/** Undefined where the sentinel does not know it, or does not let us ask. */
async function tryAsk(socket: Socket, what: string, name: string): Promise<unknown> {
  try {
    return await socket.send('sentinel', what, name)
  } catch (reason) {
    if (isReply(reason)) return undefined
    throw reason
  }
}

function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const flat = Array.isArray(reply) ? reply : []
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]))
  return fields
}

function placeOf(fields: ReadonlyMap<string, string>): readonly HostPort[] {
  const [host, port] = [fields.get('ip'), Number(fields.get('port'))]
  const isGone = /disconnected|s_down/.test(fields.get('flags') ?? '')
  return host === undefined || host === '' || !(port > 0) || isGone ? [] : [{ host, port }]
}
