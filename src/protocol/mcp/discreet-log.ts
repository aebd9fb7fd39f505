import type { KnownSecrets } from '../../core/known-secrets.ts'
import type { Log, LogFields } from '../../telemetry/log.ts'

/** A log for what a server says, which may repeat the secrets that it was given: they are hidden. */
export function discreetLog(log: Log, secrets: KnownSecrets): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) =>
    log[level](secrets.hideIn(fields), secrets.hide(message))
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => discreetLog(log.child(secrets.hideIn(fields)), secrets),
  }
}
