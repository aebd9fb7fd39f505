import { showHostPort } from '../../../core/host-port.ts'
import type { Link } from '../link.ts'
import { createCaller } from './caller.ts'
import { createCluster } from './cluster.ts'
import { readClusterMap } from './cluster-map.ts'
import { openEars } from './ears.ts'
import { passing } from './failure.ts'
import { openGauge } from './gauge.ts'
import { createHints, type Hints } from './hints.ts'
import { type LineOptions, openLine } from './line.ts'
import { type Login, openLogin } from './login.ts'
import type { LinkOptions, Place } from './options.ts'
import { createSentinelFinder } from './sentinel.ts'
import { createSingle } from './single.ts'
import type { Socket } from './socket.ts'
import { createState } from './state.ts'
import type { Topology } from './topology.ts'

const TIMEOUT = 5000
const PATIENCE = 1000
const ORIGIN_BYTES = 8

type Options = LinkOptions & { readonly timeout: number; readonly patience: number }

/**
 * Opens the link to Redis, and keeps it open until it is closed.
 *
 * @throws PolisError STORE_UNAVAILABLE when there was no connection within `timeout`; at once INVALID_CONFIG when Redis or a file refuses
 * what the settings say, and STORE_UNSUITABLE when Redis cannot keep what is asked.
 */
export async function openLink(given: LinkOptions): Promise<Link> {
  const options = { timeout: TIMEOUT, patience: PATIENCE, ...given }
  const { clock, log, timeout } = options
  const login = await openLogin(options.login, 'redis.', clock, log)
  const state = createState(log)
  await using ending = new AsyncDisposableStack()
  ending.defer(login.close)
  const topology = await openTopology(options, login, state.changed)
  ending.defer(topology.close)
  await Promise.race([topology.next(0, clock.now() + timeout), state.hopeless])
  const link = createLink(options, topology, login, state.watch)
  ending.move()
  return link
}

function createLink(options: Options, topology: Topology, login: Login, watch: Link['watch']): Link {
  const { clock, random, library, patience } = options
  const tag = tagOf(options)
  const call = createCaller({ topology, library: library.name, tag, clock, patience })
  const hints = hintsOf(options, topology, login, (shard) => `${tag(shard)}hints`)
  const gauge = openGauge(topology, clock, random)
  const next = () =>
    topology.next(0, clock.now() + patience).catch((reason) => {
      throw passing(reason)
    })
  return {
    call: (shard, kind, payload) => {
      hints.use(shard)
      return call(shard, kind, payload)
    },
    publish: hints.publish,
    listen: hints.listen,
    time: async () => timeOf((await next()).side),
    fill: gauge.fill,
    servers: () => topology.lines().map(({ address, facts }) => ({ address, facts })),
    missing: topology.missing,
    watch,
    ping: async () => {
      await next()
      const why = topology.missing()
      if (why !== undefined) throw passing(why)
      await Promise.all(topology.lines().map(({ main }) => main.send('ping')))
    },
    close: async () => {
      for (const part of [hints, gauge, topology, login]) part.close()
    },
  }
}

async function openTopology(
  options: Options,
  login: Login,
  changed: ReturnType<typeof createState>['changed'],
): Promise<Topology> {
  const { clock, random, log, place } = options
  const warned = new Set<string>()
  const warn: LineOptions['warn'] = (address, warnings) => {
    // A server is judged with each connection, but says the same each time.
    for (const warning of warnings) {
      if (!warned.has(warning)) log.warn({ address: showHostPort(address) }, `Redis: ${warning}`)
      warned.add(warning)
    }
  }
  const line: LineOptions = { ...options, login, warn }
  const tag = tagOf(options)
  if (place.kind === 'cluster') {
    const asked = { login, tls: options.tls, timeout: options.timeout }
    return createCluster({
      ...{ tag, changed, clock, random, open: (address, signal) => openLine(address, line, signal) },
      readMap: (known, signal) => readClusterMap({ ...asked, servers: [...place.nodes, ...known], signal }),
    })
  }
  const find = await openFinder(place, options)
  const topology = createSingle({ ...find, line, clock, random, changed })
  const close = () => {
    topology.close()
    find.close()
  }
  return { ...topology, close }
}

async function openFinder(place: Exclude<Place, { kind: 'cluster' }>, { clock, log, ...options }: Options) {
  if (place.kind === 'standalone') return { find: async () => place.address, mayChange: false, close: () => undefined }
  const login = await openLogin(place.login, 'redis.sentinel_', clock, log)
  return {
    find: createSentinelFinder({ ...place, ...options, login, tls: options.tls }),
    mayChange: true,
    close: login.close,
  }
}

function hintsOf(options: Options, topology: Topology, login: Login, channel: (shard: number) => string): Hints {
  const { clock, random, place, timeout } = options
  const sharded = place.kind === 'cluster'
  return createHints({
    ...{ topology, channel, sharded, origin: Buffer.from(random.bytes(ORIGIN_BYTES)) },
    find: async (shard) => (await topology.next(shard, clock.now() + timeout)).address,
    openEars: (find, heard) => openEars({ ...options, find, tls: options.tls, login, sharded, heard }),
  })
}

function tagOf({ prefix }: Options): (shard: number) => string {
  return (shard) => `{${prefix}:${shard}}:`
}

async function timeOf(socket: Socket): Promise<number> {
  // Seconds, and microseconds within them.
  const [seconds, microseconds] = (await socket.send('time')) as readonly Buffer[]
  return Number(String(seconds)) * 1000 + Number(String(microseconds)) / 1000
}
