import type { Settings } from '../../core/settings.ts'

/** Warns where nobody could be let in: pods of the API do not start then. */
export function accessWarnings(settings: Settings): readonly string[] {
  if (settings['auth.mode'] === 'open')
    return ['settings auth.mode is open, which pods refuse: name deployment.secrets.access, or auth.jwt_issuer']
  if (settings['auth.api_keys_file'] !== undefined || settings['auth.jwt_issuer'] !== undefined) return []
  return [
    "Nobody could be let in, so that pods of the API would not start: name deployment.secrets.access, such as { 'api-keys.jsonl': … } (`polis keys create` makes it), or set auth.jwt_issuer",
  ]
}
