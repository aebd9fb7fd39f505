import { AIMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { ToolNode } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const travel = process.env.TRAVEL_URL ?? 'http://127.0.0.1:4200'

const findTrains = tool(
  async ({ from, to }) => {
    const response = await fetch(`${travel}/trains/${from}/${to}`)
    return response.text()
  },
  {
    name: 'find_trains',
    description: 'Looks for trains between two cities.',
    schema: z.object({ from: z.string(), to: z.string() }),
  },
)

const bookTrain = tool(
  async ({ train }) => {
    const response = await fetch(`${travel}/bookings`, { method: 'POST', body: JSON.stringify({ train }) })
    return response.text()
  },
  { name: 'book_train', description: 'Books a train.', schema: z.object({ train: z.string() }) },
)

const tools = [findTrains, bookTrain]
const model = new ChatOpenAI({ model: 'gpt-6-luna' }).bindTools(tools)

async function plan({ messages }: typeof MessagesAnnotation.State) {
  return { messages: [await model.invoke(messages)] }
}

/** Lets a human look at a booking before it is made. */
function review({ messages }: typeof MessagesAnnotation.State) {
  const [call] = callsIn(messages.at(-1))
  const { approved } = interrupt({ question: `Book train ${call?.args.train}?`, call })
  return approved ? {} : { messages: [new AIMessage('Nothing was booked.')] }
}

function afterPlan({ messages }: typeof MessagesAnnotation.State) {
  const calls = callsIn(messages.at(-1))
  if (calls.length === 0) return END
  return calls.some(({ name }) => name === 'book_train') ? 'review' : 'tools'
}

function afterReview({ messages }: typeof MessagesAnnotation.State) {
  return callsIn(messages.at(-1)).length === 0 ? END : 'tools'
}

function callsIn(message: unknown) {
  return AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []
}

/** A graph as one writes it with LangGraph alone: it knows nothing of runs, journals or crashes. */
export const tripPlanner = new StateGraph(MessagesAnnotation)
  .addNode('plan', plan)
  .addNode('review', review)
  .addNode('tools', new ToolNode(tools))
  .addEdge(START, 'plan')
  .addConditionalEdges('plan', afterPlan, ['tools', 'review', END])
  .addConditionalEdges('review', afterReview, ['tools', END])
  .addEdge('tools', 'plan')
  .compile()
