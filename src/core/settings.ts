import { archiveFaults } from './archive-settings.ts'
import { PolisError } from './error.ts'
import { nearest } from './nearest.ts'
import { redisFaults } from './redis-settings.ts'
import { readSetting, type Setting, type ValueOf } from './setting.ts'
import { OLD_SETTINGS, SETTINGS } from './setting-table.ts'

export { OLD_SETTINGS, SETTINGS } from './setting-table.ts'

/** The dotted name of a setting. */
export type SettingKey = keyof typeof SETTINGS

/** The value of every setting, by its dotted name. Frozen. */
export type Settings = { readonly [Key in SettingKey]: ValueOf<(typeof SETTINGS)[Key]> }

/** Settings as a project file writes them. Those with a unit of time also take a text such as `90s`. */
export type SettingsInput = { readonly [Key in SettingKey]?: Settings[Key] | string }

/** What every environment variable of the product begins with. */
const ENVIRONMENT_PREFIX = 'POLIS_'

/** Other defaults while an agent is being written: `polis dev`. */
export const DEV_DEFAULTS = {
  'agent.heartbeat_interval': 2,
  'agent.graceful_shutdown_timeout': 5,
  'auth.mode': 'open',
  'log.format': 'pretty',
  'store.durability': 'process',
} as const satisfies Partial<Settings>

/** Where settings come from; later ones win: defaults, project, environment, overrides. */
export interface SettingSources {
  /** Takes the place of the table's defaults, such as `DEV_DEFAULTS`. */
  readonly defaults?: Partial<Settings>
  /** What the project file says; not yet checked. */
  readonly project?: Readonly<Record<string, unknown>>
  /** The environment, of which only names with `ENVIRONMENT_PREFIX` are read. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the command line says, by dotted name. */
  readonly overrides?: Readonly<Record<string, unknown>>
}

/** The settings in force, and what whoever runs the process should be told about them. */
export interface ParsedSettings {
  readonly settings: Settings
  readonly warnings: readonly string[]
}

/** Collects the outcome of one `parseSettings`. */
interface Outcome {
  readonly values: Record<string, unknown>
  readonly warnings: string[]
  readonly faults: string[]
}

// Variables that mean something, but are no settings: they belong to the command line, to clients and to the build.
const OTHER_VARIABLES = new Set(['POLIS_URL', 'POLIS_API_KEY', 'POLIS_CONFIG', 'POLIS_TENANT', 'POLIS_DEBUG'])
// Kubernetes announces a service called `polis-server` as POLIS_SERVER_PORT=tcp://10.0.0.1:8080, and more in that manner.
const SERVICE_LINK = /_(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)$/
const SERVICE_ADDRESS = /^(tcp|udp):\/\/\S+:\d+$/

/**
 * The settings that the sources add up to. Throws one INVALID_CONFIG that lists everything wrong, one line each, also in
 * `details.faults`. A setting that does nothing yet, or has an old name, is a warning.
 */
export function parseSettings({ defaults, project, env, overrides }: SettingSources = {}): ParsedSettings {
  const values = { ...defaultsOf(SETTINGS), ...defaults }
  const outcome: Outcome = { values, warnings: [], faults: [] }
  for (const [key, given] of Object.entries(project ?? {})) apply(outcome, key, given, key)
  for (const [name, given] of Object.entries(env ?? {})) applyVariable(outcome, name, given)
  for (const [key, given] of Object.entries(overrides ?? {})) apply(outcome, key, given, key)
  checkTogether(outcome)
  if (outcome.faults.length > 0) throw invalid(outcome.faults)
  // Every key of the table is there, and was read as its row says.
  const settings = Object.freeze(outcome.values) as unknown as Settings
  return { settings, warnings: [...new Set(outcome.warnings)] }
}

/** The environment variable of a setting: `agent.heartbeat_interval` is `POLIS_AGENT_HEARTBEAT_INTERVAL`. */
export function environmentName(key: string): string {
  return ENVIRONMENT_PREFIX + key.replaceAll('.', '_').toUpperCase()
}

function defaultsOf(table: Readonly<Record<string, Setting>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([key, setting]) => [key, setting.default]))
}

function applyVariable(outcome: Outcome, name: string, given: string | undefined): void {
  if (!name.startsWith(ENVIRONMENT_PREFIX) || OTHER_VARIABLES.has(name) || given === undefined || given === '') return
  const key = BY_VARIABLE.get(name)
  if (key !== undefined && !SERVICE_ADDRESS.test(given)) {
    apply(outcome, key, given, name)
  } else if (key !== undefined) {
    outcome.warnings.push(
      `${name} is ignored: '${given}' was set by Kubernetes for a service of that name; put 'enableServiceLinks: false' in the pod`,
    )
  } else if (!SERVICE_LINK.test(name) && !SERVICE_ADDRESS.test(given)) {
    // Not an error: the environment belongs to others as well.
    outcome.warnings.push(`${name} is no setting and is ignored${suggest(name, BY_VARIABLE.keys())}`)
  }
}

function apply(outcome: Outcome, key: string, given: unknown, name: string): void {
  if (given === undefined) return
  const current = currentKey(key)
  if (current === undefined) return void outcome.faults.push(unknown(key))
  if (current !== key) outcome.warnings.push(`${name} is the old name of ${current}: use the new one`)
  const setting: Setting = SETTINGS[current]
  const read = readSetting(setting, given)
  if ('expected' in read)
    return void outcome.faults.push(
      `${name}: expected ${read.expected}, got ${isSecret(setting) ? 'something else' : show(given)}`,
    )
  outcome.values[current] = read.value
  if (setting.inert !== undefined) outcome.warnings.push(`${name} is set but does nothing: ${setting.inert}`)
}

// `hasOwn` has made sure of both casts.
function currentKey(key: string): SettingKey | undefined {
  if (Object.hasOwn(SETTINGS, key)) return key as SettingKey
  return Object.hasOwn(OLD_SETTINGS, key) ? OLD_SETTINGS[key as keyof typeof OLD_SETTINGS] : undefined
}

function checkTogether({ values, faults }: Outcome): void {
  const { 'scaling.min_replicas': least, 'scaling.max_replicas': most } = values
  if (Number(least) > Number(most)) {
    faults.push(`scaling.min_replicas: expected at most scaling.max_replicas (${most}), got ${least}`)
  }
  const { 'server.port': port, 'prometheus.port': metrics, 'prometheus.enabled': served } = values
  if (served === true && port === metrics && port !== 0) {
    faults.push(`prometheus.port: expected another port than server.port, got ${port} for both`)
  }
  // Each value has been read as its row says.
  faults.push(...archiveFaults(values))
  faults.push(...redisFaults(values as unknown as Settings))
}

function isSecret(setting: Setting): boolean {
  return setting.kind === 'text' && setting.secret === true
}

function unknown(key: string): string {
  const nested = Object.keys(SETTINGS).find((known) => known.startsWith(`${key}.`))
  const advice =
    nested === undefined ? suggest(key, Object.keys(SETTINGS)) : `; write dotted names, such as '${nested}'`
  return `${key}: there is no such setting${advice}`
}

function suggest(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known)
  return meant === undefined ? '; docs/reference/settings.md lists them all' : `; did you mean '${meant}'?`
}

function show(given: unknown): string {
  if (typeof given === 'string') return `'${given.slice(0, 80)}'`
  if (typeof given === 'object' && given !== null) return Array.isArray(given) ? 'a list' : 'an object'
  return String(given)
}

function invalid(faults: readonly string[]): PolisError {
  const message = faults.length === 1 ? `Setting ${faults[0]}` : `Settings are not valid:\n- ${faults.join('\n- ')}`
  return new PolisError('INVALID_CONFIG', message, { details: { faults } })
}

const BY_VARIABLE: ReadonlyMap<string, string> = new Map(
  [...Object.keys(SETTINGS), ...Object.keys(OLD_SETTINGS)].map((key) => [environmentName(key), key]),
)
