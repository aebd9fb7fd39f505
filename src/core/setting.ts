/** What every setting says of itself. */
interface About {
  /** One line for the reference page. */
  readonly doc: string
  /** Why it does nothing yet, for the settings that do not: whoever sets one is warned. */
  readonly inert?: string
}

/** A number. One with a unit of time also takes a text such as `90s`; `max` and `min` are inclusive. */
export interface NumberSetting extends About {
  readonly kind: 'number'
  readonly default: number
  readonly unit?: 's' | 'ms' | 'days' | 'bytes' | '%' | 'requests/s'
  readonly min: number
  readonly max: number
  /** Whether fractions are allowed. */
  readonly fraction?: true
}

/** Yes or no. */
export interface FlagSetting extends About {
  readonly kind: 'flag'
  readonly default: boolean
}

/** Free text; one without a default may be absent. */
export interface TextSetting extends About {
  readonly kind: 'text'
  readonly default: string | undefined
  /** Whether it is a secret: no message shows what was given. */
  readonly secret?: true
}

/** One of a closed list. */
export interface ChoiceSetting extends About {
  readonly kind: 'choice'
  readonly values: readonly string[]
  readonly default: string
}

/** Several texts; separated by commas in an environment variable. */
export interface ListSetting extends About {
  readonly kind: 'list'
  readonly default: readonly string[]
}

/** One row of the settings table. */
export type Setting = NumberSetting | FlagSetting | TextSetting | ChoiceSetting | ListSetting

/** The type of a setting's value. */
export type ValueOf<S extends Setting> = S extends NumberSetting
  ? number
  : S extends FlagSetting
    ? boolean
    : S extends ChoiceSetting
      ? S['values'][number]
      : S extends ListSetting
        ? readonly string[]
        : S['default'] extends string
          ? string
          : string | undefined

/** The outcome of reading a value: the value, or what was expected instead. */
export type Read = { readonly value: unknown } | { readonly expected: string }

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, days: 86_400_000 }
const YES = /^(true|1|yes|on)$/i
const NO = /^(false|0|no|off)$/i

/** Reads one value, as a project file (any type), an environment variable or a flag (text) gives it. */
export function readSetting(setting: Setting, given: unknown): Read {
  switch (setting.kind) {
    case 'number':
      return readNumber(setting, given)
    case 'flag':
      return readFlag(given)
    case 'text':
      return typeof given === 'string' && given !== '' ? { value: given } : { expected: 'a text' }
    case 'choice':
      return setting.values.some((value) => value === given) ? { value: given } : { expected: oneOf(setting.values) }
    case 'list':
      return readList(given)
  }
}

/** What a setting accepts, in words: `a whole number from 1 to 300 (s)`. */
export function describeSetting(setting: Setting): string {
  if (setting.kind === 'number') return describeNumber(setting)
  if (setting.kind === 'choice') return oneOf(setting.values)
  return { flag: 'true or false', text: 'a text', list: 'a list of texts' }[setting.kind]
}

function readNumber(setting: NumberSetting, given: unknown): Read {
  const value = typeof given === 'string' ? numberOf(given.trim(), setting.unit) : given
  const fits = typeof value === 'number' && value >= setting.min && value <= setting.max
  if (fits && (setting.fraction === true || Number.isInteger(value))) return { value }
  return { expected: describeNumber(setting) }
}

function numberOf(text: string, unit: NumberSetting['unit']): number {
  const scale = TIME_UNITS[unit ?? '']
  const [, amount, suffix] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (scale === undefined || suffix === undefined) return text === '' ? Number.NaN : Number(text)
  const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[suffix] ?? Number.NaN
  return (Number(amount) * milliseconds) / scale
}

function describeNumber({ min, max, unit, fraction }: NumberSetting): string {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  return `a ${fraction === true ? '' : 'whole '}number ${range}${unit === undefined ? '' : ` (${unit})`}`
}

function readFlag(given: unknown): Read {
  if (typeof given === 'boolean') return { value: given }
  if (typeof given === 'string' && YES.test(given)) return { value: true }
  if (typeof given === 'string' && NO.test(given)) return { value: false }
  return { expected: 'true or false' }
}

function readList(given: unknown): Read {
  const items = typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given
  const isList = Array.isArray(items) && items.every((item) => typeof item === 'string')
  return isList ? { value: Object.freeze(items.filter((item) => item !== '')) } : { expected: 'a list of texts' }
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.map((value) => `'${value}'`).join(', ')}`
}
