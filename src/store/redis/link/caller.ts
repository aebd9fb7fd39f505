import type { Clock } from '../../../core/clock.ts'
import { PolisError } from '../../../core/error.ts'
import { showHostPort } from '../../../core/host-port.ts'
import type { Link } from '../link.ts'
import { isReply, isUnsent, type Meaning, meaningOf, passing } from './failure.ts'
import type { Line } from './line.ts'
import { pause } from './pause.ts'
import type { Topology } from './topology.ts'

/**
 * Calls the library on the primaries.
 *
 * 1. A call is sent again only where it never left, or Redis said that it did nothing; one without an answer is rejected, its outcome unknown.
 * 2. Calls of a shard keep their order: while some wait to be sent, later ones wait behind them.
 * 3. A call that could not be carried out within `patience` is rejected with why.
 */
export interface CallerOptions {
  readonly topology: Topology
  /** Name of the library, with which its functions begin. */
  readonly library: string
  /** What the keys of a shard begin with. It is a key of which nothing is stored: of one that is not there, a node whose slot is moving says so. */
  readonly tag: (shard: number) => string
  readonly clock: Clock
  readonly patience: number
}

interface Call {
  readonly shard: number
  readonly kind: Parameters<Link['call']>[1]
  readonly payload: Buffer
  readonly order: number
  /** Until when it may be sent (ms by the clock). */
  readonly until: number
}

interface Waiting {
  readonly call: Call
  /** Why it was not carried out so far. */
  readonly why: PolisError | undefined
  readonly resolve: (reply: Buffer | Promise<Buffer>) => void
  readonly reject: (error: PolisError) => void
}

/** The calls of one shard that wait, by order. */
interface Lane {
  readonly waiting: Waiting[]
  isEmptying: boolean
  /** What must be over before any is sent. */
  recovery: Promise<void> | undefined
}

const AGAIN_AFTER = 20

/** The function `call` of a link. */
export function createCaller(options: CallerOptions): Link['call'] {
  const { topology, clock, patience } = options
  const lanes = new Map<number, Lane>()
  let calls = 0
  return (shard, kind, payload) => {
    const lane = laneOf(lanes, shard)
    const line = lane.isEmptying ? undefined : topology.line(shard)
    const call: Call = { shard, kind, payload, order: calls++, until: clock.now() + patience }
    return line === undefined ? enqueue(lane, call, undefined, options) : carryOut(lane, line, call, options)
  }
}

function carryOut(lane: Lane, line: Line, call: Call, options: CallerOptions): Promise<Buffer> {
  const { topology } = options
  return send(line, call, options).catch((reason) => {
    if (isUnsent(reason)) {
      topology.leave(line, reason)
      return enqueue(lane, call, undefined, options)
    }
    if (!isReply(reason)) throw reason
    const meaning = meaningOf(reason, line.address)
    if (meaning.kind === 'failed' || options.clock.now() >= call.until) throw meaning.error
    recover(lane, line, call, meaning, options)
    return enqueue(lane, call, meaning.error, options)
  })
}

async function send(line: Line, { shard, kind, payload }: Call, { library, tag }: CallerOptions): Promise<Buffer> {
  const key = tag(shard)
  if (kind === 'lease') return bytesOf(line, await line.side.send('fcall', `${library}_write`, 1, key, payload))
  const answered = line.main.send('fcall', `${library}_${kind}`, 1, key, payload)
  const confirmed = line.confirm(key)
  const reply = await answered
  await confirmed
  return bytesOf(line, reply)
}

function bytesOf(line: Line, reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply
  throw new PolisError('INTERNAL', `Redis at ${showHostPort(line.address)} answered with something else than bytes`)
}

function recover(lane: Lane, line: Line, { shard }: Call, meaning: Meaning, { topology, clock }: CallerOptions): void {
  if (meaning.kind === 'moved') return topology.moved(shard, meaning.address)
  if (meaning.kind === 'not-primary') return topology.leave(line, meaning.error)
  if (meaning.kind === 'again') topology.moved(shard, undefined)
  if (lane.recovery !== undefined) return
  const shortly = () => pause(clock, AGAIN_AFTER)
  const recovery = meaning.kind === 'unknown-function' ? line.load().catch(shortly) : shortly()
  lane.recovery = recovery.finally(() => {
    lane.recovery = undefined
  })
}

function enqueue(lane: Lane, call: Call, why: PolisError | undefined, options: CallerOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const before = lane.waiting.findLastIndex((other) => other.call.order < call.order)
    lane.waiting.splice(before + 1, 0, { call, why, resolve, reject })
    if (!lane.isEmptying) void empty(lane, options)
  })
}

/** Sends what waits, all at once, as soon as that can be; rejects what has waited too long. */
async function empty(lane: Lane, options: CallerOptions): Promise<void> {
  lane.isEmptying = true
  for (let first = lane.waiting[0]; first !== undefined; first = lane.waiting[0]) {
    try {
      await lane.recovery
      const line = await options.topology.next(first.call.shard, first.call.until)
      for (const { call, resolve } of lane.waiting.splice(0)) resolve(carryOut(lane, line, call, options))
    } catch (error) {
      // Another may stand before it by now.
      lane.waiting.splice(lane.waiting.indexOf(first), 1)
      first.reject(first.why ?? passing(error))
    }
  }
  lane.isEmptying = false
}

function laneOf(lanes: Map<number, Lane>, shard: number): Lane {
  const lane = lanes.get(shard) ?? { waiting: [], isEmptying: false, recovery: undefined }
  lanes.set(shard, lane)
  return lane
}
