import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { findBinary } from './binary.ts'
import { watchdog } from './watchdog.ts'

/** A network namespace with one cable to this machine, that can be pulled. */
export interface Network extends Disposable {
  /** This machine's end: what servers bind to, and processes within connect to. */
  readonly address: string
  /** What a command line begins with to be executed within. */
  readonly enter: readonly string[]
  /** From now on nothing gets through, and nobody is told: no connection is reset. */
  cut(): void
  heal(): void
}

/** Lays the cable. It is gone with the `using` that holds it, or else with this process. */
export function layNetwork(): Network {
  const id = randomInt(2 ** 16)
  const name = `polis-${id}`
  const [here, there] = [`polis${id}h`, `polis${id}n`]
  // 198.18.0.0/15 is for measurements between networks: nobody else's on any machine.
  const link = `198.${18 + ((id >> 14) & 1)}.${(id >> 6) & 255}`
  const [address, other] = [1, 2].map((host) => `${link}.${((id & 63) << 2) + host}`) as [string, string]
  ip('netns', 'add', name)
  watchdog().watch(`netns:${name}`)
  const network: Network = {
    address,
    enter: [findBinary('ip') ?? 'ip', 'netns', 'exec', name],
    cut: () => ip('link', 'set', here, 'down'),
    heal: () => ip('link', 'set', here, 'up'),
    [Symbol.dispose]() {
      // With the namespace goes its end of the cable, and so the other one.
      ip('netns', 'delete', name)
      watchdog().forget(`netns:${name}`)
    },
  }
  try {
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
    ip('address', 'add', `${address}/30`, 'dev', here)
    ip('-n', name, 'address', 'add', `${other}/30`, 'dev', there)
    for (const device of ['lo', there]) ip('-n', name, 'link', 'set', device, 'up')
    network.heal()
    return network
  } catch (reason) {
    network[Symbol.dispose]()
    throw reason
  }
}

/** Why no network can be laid here; false when one can. */
export function skipWithoutNetwork(): string | false {
  try {
    layNetwork()[Symbol.dispose]()
    return false
  } catch (reason) {
    return `no network namespace may be made here (as root, with iproute2): ${String(reason).trim().split('\n').at(-1)}`
  }
}

function ip(...args: readonly string[]): void {
  execFileSync(findBinary('ip') ?? 'ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
