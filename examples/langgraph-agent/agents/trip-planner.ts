import { defineAgent } from 'agentpolis'
import { runLangGraph } from 'agentpolis/langgraph'
import { z } from 'zod'
import { tripPlanner } from '../trip-planner.ts'

export default defineAgent({
  name: 'trip-planner',
  description: 'Plans a trip by train; books what a human approves.',
  input: z.object({ wish: z.string() }),
  output: z.object({ plan: z.string() }),
  async run(context, { wish }) {
    const { messages } = await runLangGraph(
      context,
      tripPlanner,
      { messages: [{ role: 'user', content: wish }] },
      // Looking twice changes nothing; a booking is not declared, so it is never made twice.
      { tools: { find_trains: { effect: 'read' } }, stream: true },
    )
    return { plan: messages.at(-1)?.text ?? '' }
  },
})
