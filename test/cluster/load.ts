import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Client, createClient, type Fetch } from '../../src/client/index.ts'
import type { RunView } from '../../src/core/route/wire.ts'
import { hasEnded } from '../../src/core/run.ts'

/** Where runs are begun, and by whom. */
export interface Target {
  readonly url: string
  readonly apiKey: string
}

/** What became of the runs that a load began. */
export interface LoadReport {
  /** Requests that were not answered as they should, each with its reason. */
  readonly failures: readonly string[]
  /** Ids of the runs whose submit was acknowledged. */
  readonly runs: readonly string[]
  readonly requests: number
  /** In milliseconds: how long the load went on, and the longest time in which no request was answered. */
  readonly time: number
  readonly silence: number
}

/** Clients that begin runs one after another until they are stopped, or the block that holds them ends, as it does where something fails. */
export interface Load extends AsyncDisposable {
  stop(): Promise<LoadReport>
}

/** How long a client waits for an answer, in milliseconds: a machine that has lost its power closes no connection. */
const PATIENCE = 40_000

/**
 * Has several clients begin runs of an agent, each the next one as soon as the last is acknowledged and the pause (ms) is over.
 *
 * Every other one keeps its connection, as a server that calls does; the rest make one for each request, which a Service gives to
 * another pod each time. Of both kinds every other one waits in the request for the run to end. No request is sent twice.
 */
export function startLoad(target: Target, agent: string, { clients = 8, pause = 200 } = {}): Load {
  const [failures, runs]: [string[], string[]] = [[], []]
  const stopped = new AbortController()
  const since = performance.now()
  const heard = { last: since, silence: 0 }
  const work = async (_: unknown, index: number) => {
    const client = createClient({ ...target, fetch: fetchBy(index % 2 === 0 && new Agent({ keepAlive: true })) })
    const options = index % 4 < 2 ? {} : { wait: '20s' }
    while (!stopped.signal.aborted) {
      try {
        const signal = AbortSignal.timeout(PATIENCE)
        runs.push((await client.runs.submit({ agent, input: {} }, { ...options, signal })).run)
        hear(heard)
      } catch (reason) {
        failures.push(`${new Date().toISOString()} client ${index}: ${String(reason)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  const all = Promise.all(Array.from({ length: clients }, work))
  const end = async () => {
    stopped.abort()
    await all
  }
  return {
    [Symbol.asyncDispose]: end,
    async stop() {
      await end()
      const requests = runs.length + failures.length
      return { failures, runs, requests, time: performance.now() - since, silence: heard.silence }
    },
  }
}

/** Sends requests by an agent of Node, which sends none of them twice; each on a connection of its own without one. */
export function fetchBy(agent: Agent | false): Fetch {
  return (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const options = {
        agent,
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ...(signal ? { signal } : {}),
      }
      const sent = request(url, options, (response) => {
        const { statusCode: status = 0, headers: answered } = response
        // An answer without content (204) may have none, not even an empty one.
        const made = (said: string) =>
          new Response(said || null, { status, headers: answered as Record<string, string> })
        text(response).then((said) => resolve(made(said)), reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
}

/** What a load did, in a line. */
export function sayLoad({ failures, requests, time, silence }: LoadReport): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  return `${requests} requests in ${seconds(time)}, ${failures.length} failed; none was answered for ${seconds(silence)} at most`
}

/** Waits until every run has ended, and answers those that did not complete, with their errors. */
export async function lostOf(client: Client, runs: readonly string[]): Promise<readonly string[]> {
  const lost: string[] = []
  for (const run of runs) {
    const view = await ended(client, run)
    if (view.status !== 'completed') lost.push(`${run}: ${view.status} ${JSON.stringify(view.error ?? null)}`)
  }
  return lost
}

function hear(heard: { last: number; silence: number }): void {
  const now = performance.now()
  heard.silence = Math.max(heard.silence, now - heard.last)
  heard.last = now
}

async function ended(client: Client, run: string): Promise<RunView> {
  for (let attempt = 1; ; attempt++) {
    const view = await client.runs.get(run, { wait: '20s' })
    if (attempt === 6 || (view.status !== 'waiting-for-release' && hasEnded(view.status))) return view
  }
}
