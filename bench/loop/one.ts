/** One measurement in a process of its own. Prints a line of JSON. */
import { measure } from '../measure.ts'

/** What is measured: an agent that calls its model three times in a run. */
export interface BenchAgent {
  /** Answers the text that the run ended with. */
  run(prompt: string): Promise<string>
  close(): Promise<void>
}

/** How an agent is made; each of `ours.ts` and `bench/peer/loop` exports such a `createAgent`. */
export interface BenchAgentOptions {
  /** Base URL of the provider. */
  readonly url: string
  readonly streaming: boolean
  /** For its store. */
  readonly folder: string
}

const [, , folder = '', who = '', url = '', mode, concurrency = '1', runs = '200', warmup = '50'] = process.argv
const path = who === 'agentpolis' ? './ours.ts' : `../peer/loop/${who}.mjs`
// Peers are installed by the benchmark, so nobody else's types know them.
const { createAgent } = (await import(path)) as { createAgent(options: BenchAgentOptions): Promise<BenchAgent> }
const agent = await createAgent({ url, streaming: mode === 'stream', folder })
const size = { concurrency: Number(concurrency), runs: Number(runs), warmup: Number(warmup) }
const measured = await measure(who, size, async () => {
  const text = await agent.run('Look at both gauges.')
  if (!text.startsWith('All is well')) throw new Error(`${who} answered ${JSON.stringify(text)}`)
})
await agent.close()
console.log(JSON.stringify(measured))
process.exit(0)
