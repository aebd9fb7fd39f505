import type { ClusterApi } from '../../cluster/api.ts'
import { type Status, statusOf } from '../../cluster/status/status.ts'
import { abortable } from '../../core/pause.ts'
import type { Cli, Context } from '../context.ts'
import { createFrame } from '../terminal/frame.ts'
import type { NamedFlags } from './flags.ts'
import { createHoldsRuns } from './holds-runs.ts'
import { nameDeployment, openCluster, reachOf, serviceIn } from './open-deployment.ts'
import { recordedObjects } from './recorded-objects.ts'
import { statusJson, statusLines } from './show-status.ts'

/** Its options. */
export interface StatusFlags extends NamedFlags {
  readonly watch?: boolean
}

/** How often is looked with `--watch`, in milliseconds. */
const EVERY = 2000

/** Shows how the deployment stands, once or until interrupted. Answers the exit code. */
export async function status(flags: StatusFlags, context: Context, cli: Cli): Promise<number> {
  const [named, api] = await Promise.all([nameDeployment(flags, context, cli), openCluster(flags, context, cli)])
  const service = serviceIn(await recordedObjects(api, named))
  const holdsRuns = createHoldsRuns(reachOf(context, api, service))
  const look = () => statusOf(api, { ...named, holdsRuns, now: context.io.clock.now() })
  if (flags.watch) return await watch(look, context, api)
  const found = await look()
  if (context.json) context.document(statusJson(found))
  else context.print(...statusLines(found, named, context))
  return found.healthy ? 0 : 1
}

async function watch(look: () => Promise<Status>, context: Context, api: ClusterApi): Promise<number> {
  const { io, json } = context
  let lines: readonly string[] = []
  const frame = io.stdout.isTTY && !json ? createFrame(io.stdout, io.clock, () => lines) : undefined
  let last = ''
  let healthy = false
  try {
    while (!io.stop.aborted) {
      const found = await look()
      healthy = found.healthy
      lines = statusLines(found, { name: found.present?.target.name ?? '', namespace: api.server }, context)
      const text = json ? JSON.stringify(statusJson(found)) : lines.join('\n')
      if (frame !== undefined) frame.invalidate()
      else if (text !== last) io.stdout.write(`${text}\n`)
      last = text
      // The signal ends it, and is no mistake.
      await abortable(io.clock, EVERY, io.stop).catch(() => {})
    }
  } finally {
    frame?.close()
    if (frame !== undefined) context.print(...lines)
  }
  return healthy ? 0 : 1
}
