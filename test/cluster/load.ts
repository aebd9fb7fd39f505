import type { Client } from '../../src/client/index.ts'
import type { RunView } from '../../src/core/route/wire.ts'
import { hasEnded } from '../../src/core/run.ts'

/** What became of the runs that a load began. */
export interface LoadReport {
  /** Requests that were not answered as they should, each with its reason. */
  readonly failures: readonly string[]
  /** Ids of the runs whose submit was acknowledged. */
  readonly runs: readonly string[]
}

/** Clients that begin runs one after another until they are stopped. */
export interface Load {
  stop(): Promise<LoadReport>
}

/** Has several clients begin runs of an agent, each the next one as soon as the last is acknowledged and the pause (ms) is over. */
export function startLoad(client: Client, agent: string, { clients = 3, pause = 150 } = {}): Load {
  const failures: string[] = []
  const runs: string[] = []
  const stopped = new AbortController()
  const work = async () => {
    while (!stopped.signal.aborted) {
      try {
        runs.push((await client.runs.submit({ agent, input: {} })).run)
      } catch (reason) {
        failures.push(`${new Date().toISOString()} ${String(reason)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  const all = Promise.all(Array.from({ length: clients }, work))
  return {
    async stop() {
      stopped.abort()
      await all
      return { failures, runs }
    },
  }
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

async function ended(client: Client, run: string): Promise<RunView> {
  for (let attempt = 1; ; attempt++) {
    const view = await client.runs.get(run, { wait: '20s' })
    if (attempt === 6 || (view.status !== 'waiting-for-release' && hasEnded(view.status))) return view
  }
}
