import { hostname } from 'node:os'
import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import { type Confirm, createConfirm } from './confirm.ts'
import { type Facts, readFacts } from './facts.ts'
import { isLogin, isReply, unavailable } from './failure.ts'
import { judge } from './judge.ts'
import type { Lasting } from './keep-open.ts'
import type { Login } from './login.ts'
import type { LinkOptions, Place } from './options.ts'
import { openSocket, type Socket } from './socket.ts'

/** A primary that is connected, judged, and has our library. */
export interface Line extends Lasting {
  readonly address: HostPort
  readonly facts: Facts
  /** For calls of the library, each followed by its confirmation, which holds up what comes behind. */
  readonly main: Socket
  /** For what must not wait behind confirmations: messages, the time, measurements. */
  readonly side: Socket
  readonly confirm: Confirm
  /** Loads the library, where the server has lost it. */
  load(): Promise<void>
}

/** What lines are opened with. */
export interface LineOptions extends Pick<LinkOptions, 'tls' | 'kept' | 'place' | 'library' | 'log'> {
  readonly login: Login
  readonly timeout: number
  /** Told what is risky about a server. */
  readonly warn: (address: HostPort, warnings: readonly string[]) => void
}

/** Connects to a primary. @throws PolisError STORE_UNSUITABLE where it cannot keep what is asked, and whatever `openSocket` throws. */
export async function openLine(address: HostPort, options: LineOptions, signal: AbortSignal): Promise<Line> {
  const main = await enter(address, options, signal)
  try {
    const facts = await askFacts(main, options.place)
    const { faults, warnings, confirmation } = judge(facts, options.kept, options.place.kind)
    if (faults.length > 0) throw unsuitable(address, faults)
    options.warn(address, warnings)
    await loadLibrary(main, options)
    const side = await enter(address, options, signal)
    return join(main, side, { facts, confirm: createConfirm(main, confirmation, options.timeout), options })
  } catch (reason) {
    main.close()
    throw isReply(reason) && isLogin(reason) ? options.login.refuse(address, reason) : reason
  }
}

function join(
  main: Socket,
  side: Socket,
  { facts, confirm, options }: Pick<Line, 'facts' | 'confirm'> & { readonly options: LineOptions },
): Line {
  options.login.renew(main)
  options.login.renew(side)
  const close = () => {
    main.close()
    side.close()
  }
  const load = () => loadLibrary(main, options)
  const isGone = () => main.isGone() || side.isGone()
  const gone = Promise.race([main.gone, side.gone])
  void gone.then(close)
  return { address: main.address, facts, main, side, confirm, load, isGone, gone, close }
}

async function enter(address: HostPort, options: LineOptions, signal: AbortSignal): Promise<Socket> {
  const socket = await openSocket({ address, tls: options.tls, timeout: options.timeout, signal })
  try {
    await options.login.enter(socket)
    // So that whoever looks at CLIENT LIST knows whose it is; not every ACL user may.
    await socket
      .send('client', 'setname', `polis:${hostname().replaceAll(/[^\w.-]/g, '-')}:${process.pid}`)
      .catch(ignoreReply)
    return socket
  } catch (reason) {
    socket.close()
    throw reason
  }
}

async function askFacts(main: Socket, place: Place): Promise<Facts> {
  const facts = await readFacts(main)
  if (facts.loading) throw unavailable(main.address, 'is still loading its data')
  // Sentinels and nodes may name the old primary for a while.
  if (facts.role !== 'master' && place.kind !== 'standalone') throw unavailable(main.address, 'is a replica')
  return facts
}

async function loadLibrary(main: Socket, { library }: LineOptions): Promise<void> {
  try {
    // Its name holds a hash of its text: what is there is the same, and stays where nothing can be written. So do those of other releases.
    const there = await main.send('function', 'list', 'libraryname', library.name)
    if (Array.isArray(there) && there.length > 0) return
    await main.send('function', 'load', library.text)
  } catch (reason) {
    if (!isReply(reason) || isLogin(reason)) throw reason
    // Another process was faster.
    if (/already exists/.test(reason.message)) return
    throw unavailable(main.address, `did not take our functions (${reason.message})`)
  }
}

function unsuitable(address: HostPort, faults: readonly string[]): PolisError {
  const list = faults.length === 1 ? ` ${faults[0]}` : `\n- ${faults.join('\n- ')}`
  return new PolisError('STORE_UNSUITABLE', `Redis at ${showHostPort(address)} cannot be the store:${list}`, {
    details: { faults },
  })
}

function ignoreReply(reason: unknown): void {
  if (!isReply(reason)) throw reason
}
