/**
 * Clients that follow runs, in a process of their own: connects them all, says so, and on a line of its input measures what they get for
 * some seconds. Prints lines of JSON.
 */
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createInterface } from 'node:readline'

/** What the parent asks for. */
export interface FollowRequest {
  readonly url: string
  readonly apiKey: string
  readonly runs: readonly string[]
  readonly clients: number
  readonly seconds: number
}

/** What the clients got; latencies from the end of a step to its entry at the client (ms). */
export interface Followed {
  readonly entries: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  /** Entries that did not have the number after the last one of their client. */
  readonly gaps: number
}

const request = JSON.parse(process.argv[2] ?? '') as FollowRequest // The parent is ours.
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
let latencies: number[] = []
let gaps = 0

for (let from = 0; from < request.clients; from += 100) {
  const some = Array.from({ length: Math.min(100, request.clients - from) }, (_, at) => from + at)
  await Promise.all(some.map((at) => follow(request.runs[at % request.runs.length] ?? '')))
}
console.log(JSON.stringify({ connected: request.clients }))
await once(createInterface({ input: process.stdin }), 'line')
latencies = []
const startedAt = performance.now()
await new Promise((resolve) => setTimeout(resolve, request.seconds * 1000))
const seconds = (performance.now() - startedAt) / 1000
const sorted = latencies.sort((left, right) => left - right)
const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
console.log(JSON.stringify({ entries: sorted.length, seconds, p50: at(0.5), p99: at(0.99), gaps } satisfies Followed))
process.exit(0)

// Resolves once its first entry came.
function follow(run: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const client = { rest: '', last: 0 }
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${request.apiKey}` }
  get(`${request.url}/api/v1/runs/${run}/events`, { agent, headers }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`following run ${run} was answered ${response.statusCode}`))
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      const frames = (client.rest + chunk).split('\n\n')
      client.rest = frames.pop() ?? ''
      for (const frame of frames) read(frame, client)
      if (client.last > 0) resolve()
    })
  }).on('error', reject)
  return promise
}

function read(frame: string, client: { last: number }): void {
  const sequence = Number(/^id: (\d+)$/m.exec(frame)?.[1] ?? 0)
  if (sequence === 0) return
  if (sequence !== client.last + 1) gaps++
  client.last = sequence
  const doneAt = /"output":\{"at":(\d+(?:\.\d+)?)\}/.exec(frame)?.[1]
  if (doneAt !== undefined) latencies.push(performance.timeOrigin + performance.now() - Number(doneAt))
}
