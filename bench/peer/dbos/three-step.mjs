// DBOS on PostgreSQL: workflows start in the process that asks for them, without its queue, which polls.
import { DBOS } from '@dbos-inc/dbos-sdk'
import { INPUT, OUTPUT } from '../workload.mjs'

export async function createPeer({ postgres }) {
  // user code
  async function threeStep(_input) {
    await DBOS.runStep(async () => OUTPUT, { name: 'first' })
    await DBOS.runStep(async () => OUTPUT, { name: 'second' })
    return DBOS.runStep(async () => OUTPUT, { name: 'third' })
  }

  const workflow = DBOS.registerWorkflow(threeStep, { name: 'three-step' })
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: postgres, logLevel: 'warn' })
  await DBOS.launch()
  // end of user code

  return {
    async run() {
      const handle = await DBOS.startWorkflow(workflow)(INPUT)
      return handle.getResult()
    },
    close: () => DBOS.shutdown(),
  }
}
