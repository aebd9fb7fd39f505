// LangGraph.js with a checkpointer, each checkpoint written before the next node starts (`durability: sync`).
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { INPUT, OUTPUT } from '../workload.mjs'

export async function createPeer({ postgres, folder, variant }) {
  const checkpointer = await createSaver()

  // user code
  const State = Annotation.Root({ input: Annotation(), first: Annotation(), second: Annotation(), third: Annotation() })
  const graph = new StateGraph(State)
    .addNode('one', () => ({ first: OUTPUT }))
    .addNode('two', () => ({ second: OUTPUT }))
    .addNode('three', () => ({ third: OUTPUT }))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .addEdge('two', 'three')
    .addEdge('three', END)
    .compile({ checkpointer })
  // end of user code

  let number = 0
  return {
    async run() {
      const configurable = { thread_id: `thread-${number++}` }
      const { third } = await graph.invoke({ input: INPUT }, { configurable, durability: 'sync' })
      return third
    },
    async close() {},
  }

  async function createSaver() {
    if (variant === 'sqlite') return SqliteSaver.fromConnString(`${folder}/langgraph.db`)
    const saver = PostgresSaver.fromConnString(postgres)
    await saver.setup()
    return saver
  }
}
