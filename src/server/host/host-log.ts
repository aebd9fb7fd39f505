import type { Settings } from '../../core/settings.ts'
import { createLog, type Log } from '../../telemetry/log.ts'
import type { HostOptions } from './host-options.ts'

/** The log of the process; before the settings are known, one that fits the mode. */
export function createHostLog({ mode, output, color = false }: HostOptions, settings?: Settings): Log {
  return createLog({
    level: settings?.['log.level'] ?? 'info',
    format: settings?.['log.format'] ?? (mode === 'dev' ? 'pretty' : 'json'),
    color,
    ...(output === undefined ? {} : { destination: output }),
  })
}
