import { once } from 'node:events'
import { PATHS } from '../core/ports.ts'
import type { Context } from './context.ts'
import type { Ports, Served, ServeOptions } from './ports.ts'
import { escapeText } from './terminal/escape.ts'
import { renderFields } from './terminal/table.ts'

/** Serves a project until a signal comes, then drains and returns. Throws what kept it from starting. */
export async function serveProject(
  options: Omit<ServeOptions, 'dir' | 'env'>,
  context: Context,
  ports: Ports,
): Promise<void> {
  const { io, dir } = context
  const served = await ports.serve({ ...options, dir, env: io.env })
  announce(served, options, context)
  if (!io.stop.aborted) await once(io.stop, 'abort')
  const reason = String(io.stop.reason)
  context.note(`${reason}: finishing what runs, then handing over; once more ends at once`)
  await served.close(reason)
}

function announce({ url, metricsUrl, agents }: Served, { mode }: Pick<ServeOptions, 'mode'>, context: Context): void {
  const { style } = context
  if (context.json)
    return context.document({ url, metricsUrl, agents: agents.map(({ name, release }) => ({ name, release })) })
  // Production logs are lines of JSON on standard error; people get this.
  const names = agents.map(({ name }) => escapeText(name))
  context.print(
    ...renderFields(
      [
        ['polis', style.bold(mode)],
        ...(url === undefined ? [] : [['api', style.cyan(url)] as const]),
        ...(metricsUrl === undefined ? [] : [['metrics', `${metricsUrl}${PATHS.metrics}`] as const]),
        ['agents', names.length === 0 ? 'none yet: each file in agents/ defines one' : names.join(', ')],
      ],
      style,
    ),
  )
  const [first] = names
  if (mode === 'dev' && url !== undefined && first !== undefined) {
    context.print('', style.dim(`Try: polis run ${first} --follow --url ${url}`))
  }
}
