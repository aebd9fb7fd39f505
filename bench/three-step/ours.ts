import { dirname } from 'node:path'
import { defineAgent } from '../../src/agent/define-agent.ts'
import type { LocalDurability } from '../../src/store/store.ts'
import { type Measured, measure } from '../measure.ts'
import { openStore } from '../open-store.ts'
import { openRuntime } from '../runtime.ts'
import { INPUT, OUTPUT } from './workload.ts'

/** Measures the engine, from submit to the recorded result as the service answers it. */
export async function measureOurs(
  path: string,
  durability: LocalDurability,
  effect: 'idempotent' | 'once',
  size: Size,
): Promise<Measured> {
  const agent = defineAgent({
    name: 'three-step',
    async run(context) {
      await context.step('first', () => OUTPUT, { effect })
      await context.step('second', () => OUTPUT, { effect })
      return context.step('third', () => OUTPUT, { effect })
    },
  })
  await using runtime = await openRuntime({
    store: await openStore('sqlite', dirname(path), durability),
    agents: [agent],
    maxConcurrent: 300,
  })
  const caller = { tenant: 'default' }
  const never = new AbortController().signal
  return await measure(`agentpolis (${effect})`, size, async () => {
    const { run } = await runtime.service.submit(caller, { agent: 'three-step', input: INPUT })
    const ended = await runtime.service.wait(caller, run.run, never)
    if (ended.status !== 'completed') throw new Error(`run ended as ${ended.status}`)
  })
}

/** How much is measured. */
export interface Size {
  readonly concurrency: number
  readonly runs: number
  readonly warmup: number
}
