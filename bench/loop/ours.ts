import { defineAgent, tool } from 'agentpolis'
import { z } from 'zod'
import { openStore } from '../open-store.ts'
import { openRuntime } from '../runtime.ts'
import type { BenchAgent, BenchAgentOptions } from './one.ts'

/** Ours: durable on a SQLite file, each model call and each tool call a recorded step. */
export async function createAgent({ url, streaming, folder }: BenchAgentOptions): Promise<BenchAgent> {
  const agent = defineAgent({
    name: 'gauges',
    model: 'local/instant',
    instructions: 'You look at gauges.',
    stream: streaming,
    tools: [
      tool({
        name: 'look',
        description: 'Reads a gauge.',
        input: z.object({ at: z.string() }),
        effect: 'read',
        run: ({ at }) => ({ at, reading: 7 }),
      }),
    ],
  })
  const runtime = await openRuntime({
    store: await openStore('sqlite', folder),
    agents: [agent],
    models: { providers: { local: { kind: 'openai-compatible', baseUrl: url } } },
    maxConcurrent: 300,
  })
  const caller = { tenant: 'default' }
  const never = new AbortController().signal
  return {
    async run(prompt) {
      const { run } = await runtime.service.submit(caller, { agent: 'gauges', input: prompt })
      const { output, status, reason } = await runtime.service.wait(caller, run.run, never)
      if (status !== 'completed') throw new Error(`run ended as ${status}: ${reason}`)
      return String(output)
    },
    async close() {
      await runtime[Symbol.asyncDispose]()
    },
  }
}
