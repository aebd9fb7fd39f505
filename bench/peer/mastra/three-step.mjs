// Mastra workflows, whose snapshot is stored after each step.
import { Mastra } from '@mastra/core'
import { createStep, createWorkflow } from '@mastra/core/workflows'
import { LibSQLStore } from '@mastra/libsql'
import { PostgresStore } from '@mastra/pg'
import { z } from 'zod'
import { INPUT, OUTPUT } from '../workload.mjs'

export async function createPeer({ postgres, folder, variant }) {
  const storage = createStorage()

  // user code
  const step = (id) => createStep({ id, inputSchema: z.any(), outputSchema: z.string(), execute: async () => OUTPUT })
  const workflow = createWorkflow({
    id: 'three-step',
    inputSchema: z.object({ text: z.string() }),
    outputSchema: z.string(),
  })
    .then(step('first'))
    .then(step('second'))
    .then(step('third'))
    .commit()
  const mastra = new Mastra({ workflows: { workflow }, storage, logger: false })
  // end of user code

  await storage.init()
  const registered = mastra.getWorkflow('workflow')
  return {
    async run() {
      const run = await registered.createRun()
      const { status, result } = await run.start({ inputData: INPUT })
      if (status !== 'success') throw new Error(`run ended as ${status}`)
      return result
    },
    async close() {},
  }

  function createStorage() {
    if (variant === 'libsql') return new LibSQLStore({ id: 'store', url: `file:${folder}/mastra.db` })
    return new PostgresStore({ id: 'store', connectionString: postgres })
  }
}
