// The floor: the AI SDK's own loop, which records nothing.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { z } from 'zod'

export async function createAgent({ url, streaming }) {
  const provider = createOpenAICompatible({ name: 'local', baseURL: url, apiKey: 'none' })
  const options = {
    model: provider('instant'),
    system: 'You look at gauges.',
    maxRetries: 0,
    stopWhen: isStepCount(5),
    tools: {
      look: tool({
        description: 'Reads a gauge.',
        inputSchema: z.object({ at: z.string() }),
        execute: async ({ at }) => ({ at, reading: 7 }),
      }),
    },
  }
  return {
    async run(prompt) {
      if (!streaming) return (await generateText({ ...options, prompt })).text
      return readAll(streamText({ ...options, prompt }).textStream)
    },
    async close() {},
  }
}

async function readAll(stream) {
  let text = ''
  for await (const delta of stream) text += delta
  return text
}
