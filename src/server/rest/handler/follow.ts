import type { Readable } from 'node:stream'
import { hasEnded } from '../../../core/run.ts'
import { STREAM_LIMITS } from '../dependency.ts'
import { endFrame, entryFrame, transientFrame } from '../event-frame.ts'
import { createEventStream } from '../event-stream.ts'
import type { HandlerContext, Handlers } from '../handler.ts'

/** Follows runs. */
export const followHandlers: Handlers<'followRun'> = {
  async followRun({ params, query, headers }, context) {
    const after = headers['last-event-id'] ?? query.after
    return { status: 200, stream: await streamRun(params.run, after, context) }
  },
}

/** The stream of a run, from the entry after `after`. Rejects with NOT_FOUND before anything is sent. */
export async function streamRun(run: string, after = 0, context: HandlerContext): Promise<Readable> {
  const { service, caller, transients, clock, signal, stream = STREAM_LIMITS } = context
  await service.run(caller, run)
  context.hold()
  return createEventStream({
    entries: (until) => mapped(service.follow(caller, run, after, until), entryFrame),
    transients: (listener) =>
      transients.subscribe(run, (event) => {
        if (event.tenant === caller.tenant) listener(transientFrame(event))
      }),
    async end() {
      const view = await service.run(caller, run)
      return view.status !== 'waiting-for-release' && hasEnded(view.status) ? endFrame(view) : undefined
    },
    clock,
    limits: stream,
    signal,
  })
}

async function* mapped<Item>(items: AsyncIterable<Item>, frame: (item: Item) => string): AsyncGenerator<string> {
  for await (const item of items) yield frame(item)
}
