// An agent of LangGraph with the checkpointer of its quickstart: in memory.
import { tool } from '@langchain/core/tools'
import { MemorySaver } from '@langchain/langgraph'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

export async function createAgent({ url, streaming }) {
  const look = tool(async ({ at }) => JSON.stringify({ at, reading: 7 }), {
    name: 'look',
    description: 'Reads a gauge.',
    schema: z.object({ at: z.string() }),
  })
  const llm = new ChatOpenAI({
    model: 'instant',
    apiKey: 'none',
    maxRetries: 0,
    streaming,
    configuration: { baseURL: url },
  })
  const agent = createReactAgent({ llm, tools: [look], prompt: 'You look at gauges.', checkpointer: new MemorySaver() })
  let number = 0
  return {
    async run(prompt) {
      const configuration = { configurable: { thread_id: `thread-${number++}` } }
      const input = { messages: [{ role: 'user', content: prompt }] }
      if (!streaming) return (await agent.invoke(input, configuration)).messages.at(-1).content
      let text = ''
      for await (const [chunk] of await agent.stream(input, { ...configuration, streamMode: 'messages' })) {
        if (typeof chunk.content === 'string' && chunk.getType() === 'ai') text += chunk.content
      }
      return text
    },
    async close() {},
  }
}
