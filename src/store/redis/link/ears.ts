import type { Clock } from '../../../core/clock.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { Random } from '../../../core/random.ts'
import type { Log } from '../../../telemetry/log.ts'
import { keepOpen, type Lasting } from './keep-open.ts'
import type { Login } from './login.ts'
import type { TlsOptions } from './options.ts'
import { repeat } from './pause.ts'
import { openSocket } from './socket.ts'

/** A connection that hears what is published on channels of one primary, and is opened again whenever it is lost. */
export interface Ears {
  /** Also hears this channel, from a moment later on. */
  add(channel: string): void
  remove(channel: string): void
  close(): void
}

/** How channels are listened to. */
export interface EarsOptions {
  /** Where the primary is now. */
  readonly find: () => Promise<HostPort>
  readonly tls: TlsOptions | undefined
  readonly login: Login
  readonly timeout: number
  /** SSUBSCRIBE, in a Cluster. */
  readonly sharded: boolean
  /** Gets each message of others, and undefined whenever some may have been missed. */
  readonly heard: (channel: string, message: Buffer | undefined) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** Begins to listen. */
export function openEars(options: EarsOptions): Ears {
  const { sharded, heard, log, login } = options
  const channels = new Set<string>()
  const subscribe = sharded ? 'ssubscribe' : 'subscribe'
  const hear = (ear: Ear) => {
    for (const channel of channels) {
      if (ear.channels.has(channel)) continue
      ear.channels.add(channel)
      // One at a time: channels of a Cluster may be of several slots.
      ear.send(subscribe, channel).then(
        () => heard(channel, undefined),
        () => ear.close(),
      )
    }
  }
  const kept = keepOpen<Ear>({
    open: (signal) => openEar(options, signal),
    changed: (ear, missing) => {
      if (ear !== undefined) hear(ear)
      else log.debug({ error: missing }, 'hints of other processes are not heard')
    },
    ...{ clock: options.clock, random: options.random },
  })
  // A connection that listens cannot log in again.
  const forget = login.onChange(() => kept.current()?.close())
  return {
    add: (channel) => {
      channels.add(channel)
      const ear = kept.current()
      if (ear !== undefined) hear(ear)
    },
    remove: (channel) => {
      channels.delete(channel)
      const ear = kept.current()
      ear?.channels.delete(channel)
      // Where that fails, nothing is heard anyway.
      ear?.send(`${sharded ? 's' : ''}unsubscribe`, channel).catch(() => undefined)
    },
    close: () => {
      forget()
      kept.close()
    },
  }
}

interface Ear extends Lasting {
  /** Those that were asked for on this connection. */
  readonly channels: Set<string>
  send(command: string, ...args: readonly string[]): Promise<unknown>
}

async function openEar({ find, heard, clock, ...options }: EarsOptions, signal: AbortSignal): Promise<Ear> {
  const socket = await openSocket({ address: await find(), tls: options.tls, timeout: options.timeout, signal })
  try {
    await options.login.enter(socket)
    socket.onMessage((channel, message) => heard(String(channel), message))
    // Otherwise nothing would ever be asked of it, and its silence mean nothing.
    const stop = repeat(
      clock,
      () => options.timeout / 2,
      async () => void (await socket.send('ping').catch(() => undefined)),
    )
    void socket.gone.then(stop)
    return { ...socket, channels: new Set() }
  } catch (reason) {
    socket.close()
    throw reason
  }
}
