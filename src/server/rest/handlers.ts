import { blobHandlers } from './handler/blob.ts'
import { evalHandlers } from './handler/eval.ts'
import { followHandlers } from './handler/follow.ts'
import { moneyHandlers } from './handler/money.ts'
import { resourceHandlers } from './handler/resource.ts'
import { runHandlers } from './handler/run.ts'
import { sessionHandlers } from './handler/session.ts'
import { submitHandlers } from './handler/submit.ts'
import type { Handlers } from './handler.ts'
import { createOpenApi } from './openapi.ts'

/** The handler of each operation; the compiler misses none. */
export const HANDLERS: Handlers = {
  ...submitHandlers,
  ...runHandlers,
  ...followHandlers,
  ...resourceHandlers,
  ...sessionHandlers,
  ...moneyHandlers,
  ...blobHandlers,
  ...evalHandlers,
  async getOpenApi() {
    return { status: 200, body: createOpenApi() }
  },
}
