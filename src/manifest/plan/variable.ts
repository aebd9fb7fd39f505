import { PolisError } from '../../core/error.ts'
import type { Setting } from '../../core/setting.ts'
import { environmentName, SETTINGS, type SettingKey, type Settings } from '../../core/settings.ts'

/** The settings that are not as their defaults, as environment variables, by name. A secret among them is refused: it would be in a file. */
export function variablesOf(settings: Settings): Readonly<Record<string, string>> {
  // Keys of the table.
  const changed = (Object.keys(SETTINGS) as SettingKey[]).filter((key) => !isDefault(key, settings))
  const secrets = changed.filter((key) => isSecret(SETTINGS[key]))
  if (secrets.length > 0) throw inTheOpen(secrets)
  return Object.fromEntries(
    changed.map((key): [string, string] => [environmentName(key), textOf(settings[key])]).sort(),
  )
}

/** Refuses variables that are settings: probes, ports and Services are made from those alone. Throws INVALID_CONFIG. */
export function refuseSettings(env: Readonly<Record<string, string>>): void {
  // Keys of the table.
  const keys = (Object.keys(SETTINGS) as SettingKey[]).filter((key) => Object.hasOwn(env, environmentName(key)))
  if (keys.length === 0) return
  const faults = keys.map(
    (key) => `polis.config: deployment.env.${environmentName(key)} is a setting: write '${key}' in deployment.settings`,
  )
  throw new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
}

function isDefault(key: SettingKey, settings: Settings): boolean {
  return textOf(SETTINGS[key].default) === textOf(settings[key])
}

function isSecret(setting: Setting): boolean {
  return setting.kind === 'text' && setting.secret === true
}

function textOf(value: Settings[SettingKey] | readonly never[]): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

function inTheOpen(keys: readonly SettingKey[]): PolisError {
  const faults = keys.map(
    (key) => `polis.config: settings ${key} is a secret, and would be in a ConfigMap: give it under deployment.secrets`,
  )
  return new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
}
