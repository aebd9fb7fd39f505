import type { Clock } from '../../core/clock.ts'
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

/** Work on a connection; it calls `sending` when its request may begin to have an effect. */
type Work<Result> = (connection: Connection, signal: AbortSignal, sending: () => void) => Promise<Result>
/** Does work on the connection within the limit, and explains what goes wrong. */
export type Runner = <Result>(options: RunOptions, work: Work<Result>) => Promise<Result>

/** A runner for one server. `remark` gives what the server said beside the protocol. */
export function createRunner(
  { name, limit }: { readonly name: string; readonly limit: number },
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
        return losing(connection, work(connection, deadline.signal, sending))
      })
    try {
      return await once().catch((error: unknown) => {
        // A session that the server forgot, or a server that moved: nothing was done, so it is tried again on a new connection.
        if (lossFrom(error) !== undefined && neverReached(error)) return once()
        throw error
      })
    } catch (error) {
      throw explainCall(error, {
        server: name,
        ...(tool === undefined ? {} : { tool }),
        limit: deadline.expired() ? timeout : undefined,
        loss: used?.loss(),
        remark: remark(),
        signal,
        sent,
      })
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
