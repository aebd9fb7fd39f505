import { placeOf } from '../../agent/project/load-error.ts'
import { PolisError } from '../../core/error.ts'
import type { Log } from '../../telemetry/log.ts'

/** What authors' code cannot do to the thread that it shares with other runs. */
export interface GuardOptions {
  /** Folder of the project, to name the file at fault. */
  readonly dir: string
  readonly log: () => Log
  /** Told of a fault that the thread survived. */
  readonly onFault: () => void
}

/**
 * Guards a thread against the code of agents.
 *
 * `process.exit` throws, so that it fails the step that called it and no other run. A promise that was rejected and left alone is
 * reported with the place it came from, and ends nothing. An exception that nobody caught does end the thread: its state is unknown.
 */
export function guardThread({ dir, log, onFault }: GuardOptions): void {
  process.exit = (code) => {
    throw new PolisError(
      'STEP_FAILED',
      `process.exit(${code ?? ''}) was called: an agent shares its process with others and cannot end it. Throw an error instead`,
    )
  }
  process.on('unhandledRejection', (reason) => {
    const error = PolisError.from(reason)
    const place = placeOf(reason, dir)
    const where = place === undefined ? '' : ` in ${place}`
    log().error({ error, place }, `a promise was rejected${where} and nobody handled it: await it, or catch its error`)
    onFault()
  })
}
