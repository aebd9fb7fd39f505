import type { Clock } from '../../core/clock.ts'
import type { PolisError } from '../../core/error.ts'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import { explainCall, lossFrom, neverReached } from './call-error.ts'
import type { Connection } from './connection.ts'
import type { Supervisor } from './supervisor.ts'
import { startDeadline } from './wait.ts'

/** Whose work it is. `tool` names the tool in errors. */
interface RunOptions {
  readonly signal: AbortSignal
  readonly timeout?: number
  readonly tool?: string
}

/** How the work is to run. */
export interface Running {
  readonly signal: AbortSignal
  /** Called when its request may begin to have an effect. */
  readonly sending: () => void
  /** Stops the time of the work until what it returns is called. */
  readonly hold: () => () => void
}

type Work<Result> = (connection: Connection, running: Running) => Promise<Result>
/** Does work on the connection within the limit, and explains what goes wrong. */
export type Runner = <Result>(options: RunOptions, work: Work<Result>) => Promise<Result>

/** A runner for one server. `remark` gives what the server said beside the protocol. */
export function createRunner(
  { name, limit, secrets }: { readonly name: string; readonly limit: number; readonly secrets: KnownSecrets },
  supervisor: Supervisor<Connection>,
  clock: Clock,
  remark: () => string | undefined,
): Runner {
  return async ({ signal, timeout = limit, tool }, work) => {
    using deadline = startDeadline(timeout, signal, clock)
    let used: Connection | undefined
    let sent = false
    const once = () =>
      supervisor.use(deadline.signal, (connection) => {
        used = connection
        sent = false
        const sending = () => {
          sent = true
        }
        return losing(connection, work(connection, { signal: deadline.signal, sending, hold: deadline.hold }))
      })
    try {
      return await once().catch((error: unknown) => {
        // A session that the server forgot, or a server that moved: nothing was done, so it is tried again on a new connection.
        if (lossFrom(error) !== undefined && neverReached(error)) return once()
        throw error
      })
    } catch (error) {
      const failure = explainCall(error, {
        server: name,
        ...(tool === undefined ? {} : { tool }),
        limit: deadline.expired() ? timeout : undefined,
        loss: used?.loss(),
        remark: used === undefined ? (busy(supervisor) ?? remark()) : remark(),
        signal,
        sent,
        secrets,
      })
      if (isItsFault(failure, used, timeout >= limit)) supervisor.blame(failure.message)
      else if (used !== undefined && used.loss() === undefined && ANSWERED.has(failure.code)) supervisor.praise()
      throw failure
    }
  }
}

async function losing<Result>(connection: Connection, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    const loss = lossFrom(error)
    if (loss !== undefined) connection.lose(loss)
    throw error
  }
}

const ANSWERED: ReadonlySet<string> = new Set(['TOOL_FAILED', 'INVALID_ARGUMENT'])

// What lost the connection was noted with its loss; a caller that waits less long than the server may take proves nothing.
function isItsFault({ code }: PolisError, used: Connection | undefined, waited: boolean): boolean {
  if (used === undefined || used.loss() !== undefined) return false
  return code === 'TOOL_UNAVAILABLE' || (code === 'TIMEOUT' && waited)
}

function busy(supervisor: Supervisor<Connection>): string | undefined {
  const { active, idle } = supervisor.state()
  if (active === 0 || idle > 0) return undefined
  const count = active === 1 ? 'its only connection was' : `its ${active} connections were`
  return `${count} in use all the time: see what its other calls wait for, or raise mcp.connection_pool_size`
}
