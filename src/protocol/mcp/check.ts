import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { ToolServerCheck } from '../../core/tool.ts'
import type { Connection } from './connection.ts'
import type { Runner } from './runner.ts'
import type { Supervisor } from './supervisor.ts'
import type { ToolList } from './tool-list.ts'

/** The server to check. */
export interface Checked {
  readonly name: string
  readonly run: Runner
  readonly list: ToolList
  readonly supervisor: Supervisor<Connection>
  readonly clock: Clock
}

/** Connects and lists the tools anew. Never throws: what is wrong is in `detail`. */
export async function checkServer(checked: Checked, signal: AbortSignal): Promise<ToolServerCheck> {
  const { name, clock } = checked
  const started = clock.now()
  const report = await inspect(checked, signal)
  return { server: name, ...report, milliseconds: clock.now() - started }
}

async function inspect(
  { run, list, supervisor }: Checked,
  signal: AbortSignal,
): Promise<Omit<ToolServerCheck, 'server' | 'milliseconds'>> {
  try {
    return await run({ signal }, async ({ client, protocol, software }, running) => {
      // Asked anew: what is kept says nothing of whether the server answers now.
      list.forget()
      const { offered } = await list.get(client, running.signal)
      return { ok: true, detail: software || 'a server without a name', protocol, tools: offered.length }
    })
  } catch (error) {
    const before = signal.aborted ? supervisor.problem() : undefined
    const { message } = PolisError.from(error)
    return { ok: false, detail: before === undefined ? message : `${message}; before that: ${before}` }
  }
}
