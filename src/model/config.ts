import { z } from 'zod'
import { type Duration, isDuration } from '../core/duration.ts'
import { isName, NAME_RULE } from '../core/name.ts'
import type { SecretValue } from '../core/secret-value.ts'
import type { ModelPrice } from '../core/usage.ts'
import type { Script } from './scripted/script.ts'

/** Where a key is: in an environment variable, or in a file (without its last line break). Never in the project file. */
export type KeySource = { readonly env: string } | { readonly file: string }

/** What holds for every provider. */
export interface ProviderCommon {
  readonly timeouts?: {
    /** Of one call, waits for its turn excluded. Default: `10m`. */
    readonly total?: Duration
    /** Until the first piece of a streamed answer. Default: `2m`. */
    readonly firstToken?: Duration
    /** Of silence within a streamed answer. Default: `1m`. */
    readonly betweenTokens?: Duration
  }
  /** What one process asks of this provider at once and in a minute; what is over waits its turn. Default: no limits. */
  readonly limits?: {
    readonly concurrency?: number
    readonly requestsPerMinute?: number
    readonly tokensPerMinute?: number
  }
  /** After so many failures in a row (default: 5), calls fail at once for `cooldown` (default: `30s`); then one is let through. */
  readonly breaker?: { readonly failures?: number; readonly cooldown?: Duration }
}

interface RemoteCommon extends ProviderCommon {
  /** Default: the provider's usual environment variable. */
  readonly apiKey?: KeySource
  /** Headers of every request. `${NAME}` stands for an environment variable. */
  readonly headers?: Readonly<Record<string, SecretValue>>
  /** Default: the provider's own. */
  readonly baseUrl?: string
}

export interface OpenAIConfig extends RemoteCommon {
  readonly kind: 'openai'
}

export interface AnthropicConfig extends RemoteCommon {
  readonly kind: 'anthropic'
}

export interface AzureConfig extends RemoteCommon {
  readonly kind: 'azure'
  /** Name of the Azure OpenAI resource; or give `baseUrl`. */
  readonly resource?: string
  /** Default: `v1`. */
  readonly apiVersion?: string
}

export interface CompatibleConfig extends RemoteCommon {
  readonly kind: 'openai-compatible'
  /** Such as `http://127.0.0.1:11434/v1` (Ollama), `http://127.0.0.1:8080/v1` (llama.cpp), `http://127.0.0.1:8000/v1` (vLLM). */
  readonly baseUrl: string
  /** How a structured output is asked for: by `response_format` with its schema, or in the instructions. Default: `native`. */
  readonly structuredOutput?: 'native' | 'instructions'
}

export interface ScriptedConfig extends ProviderCommon {
  readonly kind: 'scripted'
  readonly script: Script
  /** Time between the pieces of a streamed answer. Default: none. */
  readonly pace?: Duration
}

/** One provider of models. */
export type ProviderConfig = OpenAIConfig | AnthropicConfig | AzureConfig | CompatibleConfig | ScriptedConfig

/** What a project says of models. Names of models are `provider/model`, with the project's name of the provider. */
export interface ModelsConfig {
  /** Default: `openai` and `anthropic`, each if its usual key is in the environment. */
  readonly providers?: Readonly<Record<string, ProviderConfig>>
  /** US dollars for a million tokens; they win over the built-in table. */
  readonly prices?: Readonly<Record<string, ModelPrice>>
  /** Tokens of prompt and answer together, and of an answer; they win over the built-in table. */
  readonly models?: Readonly<Record<string, { readonly contextWindow?: number; readonly maxOutputTokens?: number }>>
  /** Another name for a model, or for several that are tried in their order. */
  readonly aliases?: Readonly<Record<string, string | readonly string[]>>
}

const text = (expected: string) => z.string({ error: `expected ${expected}` }).min(1, { error: `expected ${expected}` })
const count = z.int({ error: 'expected a whole number of 1 or more' }).min(1, 'expected a whole number of 1 or more')
const dollars = z
  .number({ error: 'expected dollars for a million tokens' })
  .min(0, 'expected dollars for a million tokens, 0 or more')
const time = z
  .custom<Duration>(isDuration, { error: "expected a duration above zero such as '30s' or '2m'" })
  .optional()
const strict = <Shape extends z.ZodRawShape>(shape: Shape, expected = 'an object') =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? `expected ${expected}` : undefined) })
const modelName = z
  .string({ error: 'expected provider/model' })
  .regex(/^[^/\s]+\/\S+$/, { error: "expected provider/model, such as 'openai/gpt-6-luna'" })
const KEY = "{ env: 'NAME' } or { file: 'path' }: a key does not belong into the project file"
const secret = z.union([z.string(), strict({ file: text('a path') })], {
  error: `expected a text (with $\{NAME} for an environment variable) or { file: 'path' }`,
})

const common = {
  timeouts: strict({ total: time, firstToken: time, betweenTokens: time }).optional(),
  limits: strict({
    concurrency: count.optional(),
    requestsPerMinute: count.optional(),
    tokensPerMinute: count.optional(),
  }).optional(),
  breaker: strict({ failures: count.optional(), cooldown: time }).optional(),
}
const url = z.custom<string>(isHttpUrl, {
  error:
    'expected a URL that begins with http:// or https:// and holds no user, password or query (a key has its place in apiKey, or in headers)',
})
const remote = {
  apiKey: z
    .union([strict({ env: text('the name of an environment variable') }), strict({ file: text('a path') })], {
      error: `expected ${KEY}`,
    })
    .optional(),
  headers: z.record(z.string(), secret, { error: 'expected an object of header names and values' }).optional(),
  baseUrl: url.optional(),
  ...common,
}
const kinds = {
  openai: strict({ kind: z.literal('openai'), ...remote }),
  anthropic: strict({ kind: z.literal('anthropic'), ...remote }),
  azure: strict({
    kind: z.literal('azure'),
    ...remote,
    resource: text('the name of an Azure OpenAI resource').optional(),
    apiVersion: text('a version such as 2026-10-01-preview').optional(),
  }).refine(({ baseUrl, resource }) => baseUrl !== undefined || resource !== undefined, {
    error: 'expected resource, the name of the Azure OpenAI resource, or baseUrl',
  }),
  'openai-compatible': strict({
    kind: z.literal('openai-compatible'),
    ...remote,
    baseUrl: url,
    structuredOutput: z.enum(['native', 'instructions'], { error: "expected 'native' or 'instructions'" }).optional(),
  }),
  scripted: strict({
    kind: z.literal('scripted'),
    script: z.custom<Script>(isScript, { error: 'expected a script made by defineScript([ … ])' }),
    pace: time,
    ...common,
  }),
}
const KINDS = Object.keys(kinds).join(', ')
const rates = { input: dollars, output: dollars, cachedInput: dollars.optional(), cacheWrite: dollars.optional() }
const chain = z.array(modelName, { error: 'expected a list of provider/model' }).min(1, 'expected at least one model')

/** Schema of the option `models`, whose issues carry the path of what is wrong. */
export const modelsSchema = strict(
  {
    providers: z
      .record(
        z.string().refine(isName, { error: `expected the name to be ${NAME_RULE}` }),
        z.discriminatedUnion('kind', Object.values(kinds) as [typeof kinds.openai, ...(typeof kinds)['anthropic'][]], {
          error: (issue) =>
            issue.code === 'invalid_union' ? `expected a kind: ${KINDS}` : 'expected an object with a kind',
        }),
        { error: 'expected an object of providers by name' },
      )
      .optional(),
    prices: z
      .record(modelName, strict({ ...rates, long: strict({ above: count, ...rates }).optional() }), {
        error: 'expected an object of prices by provider/model',
      })
      .optional(),
    models: z
      .record(modelName, strict({ contextWindow: count.optional(), maxOutputTokens: count.optional() }), {
        error: 'expected an object by provider/model',
      })
      .optional(),
    aliases: z
      .record(
        z.string().refine(isName, { error: `expected the name to be ${NAME_RULE}` }),
        z.union([modelName, chain], {
          error: "expected provider/model, or a list of them: ['openai/…', 'anthropic/…']",
        }),
        { error: 'expected an object of models by name' },
      )
      .optional(),
  },
  'an object with providers, prices, models or aliases',
)

/** Options that each object of `models` has, for advice on a mistyped one; by their path, in which `*` stands for a name. */
export const MODELS_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(modelsSchema.shape),
  'providers.*': [...new Set(Object.values(kinds).flatMap(({ shape }) => Object.keys(shape)))],
  'providers.*.timeouts': ['total', 'firstToken', 'betweenTokens'],
  'providers.*.limits': ['concurrency', 'requestsPerMinute', 'tokensPerMinute'],
  'providers.*.breaker': ['failures', 'cooldown'],
  'providers.*.apiKey': ['env', 'file'],
  'prices.*': [...Object.keys(rates), 'long'],
  'prices.*.long': [...Object.keys(rates), 'above'],
  'models.*': ['contextWindow', 'maxOutputTokens'],
}

function isHttpUrl(value: unknown): boolean {
  const parsed = typeof value === 'string' ? URL.parse(value) : null
  return (
    parsed !== null &&
    /^https?:$/.test(parsed.protocol) &&
    `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === ''
  )
}

// Not by identity: a script may come from another copy of the package.
function isScript(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'script' && 'rules' in value
}
