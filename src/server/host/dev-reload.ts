import { fingerprintOf } from '../../agent/project/fingerprint.ts'
import { PolisError } from '../../core/error.ts'
import { watchProject } from '../watch-project.ts'
import { type Assembly, endWith } from './assembly.ts'
import type { HostOptions } from './host-options.ts'

/** What the project's code is, before it is loaded; only `dev` asks. */
export async function codeOf({ mode, dir }: HostOptions): Promise<string> {
  // A folder that cannot be read is reported by loading it.
  return mode === 'dev' ? fingerprintOf(dir).catch(() => '') : ''
}

/** In `dev`, loads the code anew whenever it has changed since `code`; what cannot be loaded is told, and the old code goes on. */
export function reloadOnChange(assembly: Assembly, code: string, reload: () => Promise<void>): void {
  const { options, clock, reports } = assembly
  if (options.mode !== 'dev') return
  const { log } = reports
  const stop = watchProject(
    {
      ...{ dir: options.dir, clock, log },
      fingerprint: () => fingerprintOf(options.dir),
      onChange: async () => {
        try {
          await reload()
        } catch (reason) {
          const error = PolisError.from(reason)
          log.error({ code: error.code }, `The changed code was not loaded, the old code goes on:\n${error.message}`)
        }
      },
    },
    code,
  )
  endWith(assembly, 'watching the project', 100, stop)
}
