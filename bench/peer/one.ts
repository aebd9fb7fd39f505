/** One measurement of one peer in a process of its own. Prints a line of JSON. */
import { readFileSync } from 'node:fs'
import { type Measured, measure, measureDrain } from '../measure.ts'
import type { Fsync } from '../service/redis.ts'

/** What each `three-step.mjs` makes: runs the workload of `workload.mjs`. */
export interface Peer {
  /** Executes one run; answers its result once it is recorded. */
  run(): Promise<unknown>
  /** Where it has a queue: queues so many runs, and resolves when the last is recorded. */
  drain?(runs: number): Promise<void>
  /** Its server, where it brings one of its own. */
  readonly server?: number
  close(): Promise<void>
}

/** What a peer may use. */
export interface PeerOptions {
  /** Port of a Redis of its own. */
  readonly redis: number
  /** URL of an empty database of its own. */
  readonly postgres: string
  /** An empty folder of its own. */
  readonly folder: string
  readonly variant: string
  readonly concurrency: number
  readonly fsync: Fsync
  readonly shape: 'queue' | 'call'
}

/** What the parent asks for. */
export interface PeerRequest extends PeerOptions {
  /** The file that exports `createPeer`. */
  readonly module: string
  readonly runs: number
  readonly warmup: number
}

/** `server` is the peak memory of the peer's own server (MB). */
export type PeerMeasured = Measured & { readonly server?: number }

const request = JSON.parse(process.argv[2] ?? '') as PeerRequest // The parent is ours.
// Peers are installed by the benchmark, so nobody else's types know them.
const { createPeer } = (await import(request.module)) as {
  createPeer(options: PeerOptions): Promise<Peer>
}
const peer = await createPeer(request)
const { drain } = peer
const measured =
  drain === undefined || request.shape === 'call' || request.concurrency === 1
    ? await measure(request.module, request, check)
    : await measureDrain(request.module, request, drain)
const server = peer.server === undefined ? {} : { server: peakOf(peer.server) }
process.stdout.write(`${JSON.stringify({ ...measured, ...server } satisfies PeerMeasured)}\n`)
await peer.close()
process.exit(0)

async function check(): Promise<void> {
  const result = await peer.run()
  if (String(result).length !== 98) throw new Error(`${request.module} answered ${JSON.stringify(result)}`)
}

function peakOf(pid: number): number {
  const [, peak = 'NaN'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(peak) / 1024
}
