// An agent of Mastra with the memory and the store that its own template has: LibSQL on a file.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Mastra } from '@mastra/core'
import { Agent } from '@mastra/core/agent'
import { createTool } from '@mastra/core/tools'
import { LibSQLStore } from '@mastra/libsql'
import { Memory } from '@mastra/memory'
import { z } from 'zod'

export async function createAgent({ url, streaming, folder }) {
  const provider = createOpenAICompatible({ name: 'local', baseURL: url, apiKey: 'none' })
  const look = createTool({
    id: 'look',
    description: 'Reads a gauge.',
    inputSchema: z.object({ at: z.string() }),
    execute: async ({ at }) => ({ at, reading: 7 }),
  })
  const store = new LibSQLStore({ id: 'store', url: `file:${folder}/mastra.db` })
  const agent = new Agent({
    id: 'gauges',
    name: 'gauges',
    instructions: 'You look at gauges.',
    model: provider('instant'),
    tools: { look },
    memory: new Memory(),
  })
  const mastra = new Mastra({ agents: { gauges: agent }, storage: store, logger: false })
  const registered = mastra.getAgent('gauges')
  let number = 0
  return {
    async run(prompt) {
      const memory = { thread: `thread-${process.pid}-${number++}`, resource: 'bench' }
      const options = { memory, maxSteps: 5 }
      if (!streaming) return (await registered.generate(prompt, options)).text
      const answer = await registered.stream(prompt, options)
      let text = ''
      for await (const delta of answer.textStream) text += delta
      return text
    },
    async close() {},
  }
}
