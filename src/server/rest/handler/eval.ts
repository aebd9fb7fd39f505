import { EVALS_AGENT } from '../../../core/eval.ts'
import { PATHS } from '../../../core/ports.ts'
import type { Handlers } from '../handler.ts'
import { refuseWhileDraining } from './submit.ts'

/** Starts evals. */
export const evalHandlers: Handlers<'startEvals'> = {
  async startEvals({ body }, context) {
    refuseWhileDraining(context)
    const { run } = await context.service.submit(context.caller, { agent: EVALS_AGENT, input: body })
    return { status: 202, body: run, headers: { location: `${PATHS.api}/runs/${run.run}` } }
  },
}
