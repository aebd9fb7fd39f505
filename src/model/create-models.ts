import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PolisError } from '../core/error.ts'
import { type ModelCallOptions, type ModelRequest, type Models, unknownModel } from '../core/model.ts'
import { callProvider } from './call.ts'
import type { ModelsConfig } from './config.ts'
import { countInput } from './count-input.ts'
import type { ModelsDependencies } from './dependencies.ts'
import { describeModel } from './describe.ts'
import { createProvider, type Provider } from './provider/create-provider.ts'
import { providersOf, USUAL } from './usual.ts'

/** The models that a project configures; `openai` and `anthropic` are there without, when their usual key is in the environment. */
export function createModels(config: ModelsConfig, dependencies: ModelsDependencies): Models {
  const { env, cwd, clock, fetch = globalThis.fetch } = dependencies
  const read = (file: string) => readFile(resolve(cwd, file), 'utf8')
  const providers = new Map(
    Object.entries(providersOf(config, env)).map(([name, it]) => {
      return [name, createProvider(name, it, { clock, fetch, secrets: { env, read } })] as const
    }),
  )
  const { aliases = {} } = config
  const closing = new AbortController()
  const chain = (name: string): readonly string[] => {
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined
    const models = alias === undefined ? [name] : typeof alias === 'string' ? [alias] : alias
    for (const model of models) providerOf(providers, model)
    return models
  }
  const find = (name: string) => {
    const model = chain(name)[0] ?? name
    const provider = providerOf(providers, model)
    return { provider, info: describeModel(model, provider.name, provider.config, config) }
  }
  const resolved = (request: ModelRequest) => {
    const { provider, info } = find(request.model)
    return { provider, info, request: { ...request, model: info.model } }
  }
  return {
    providers: [...providers.keys()],
    chain,
    describe: (model) => find(model).info,
    countInput(request) {
      const { provider, info } = find(request.model)
      return countInput(request, info, provider.backend.toolOverhead)
    },
    async call(request, options: ModelCallOptions) {
      const signal = AbortSignal.any([options.signal, closing.signal])
      return callProvider({ ...resolved(request), options: { ...options, signal } }, dependencies)
    },
    async close() {
      closing.abort(new PolisError('CANCELLED', 'The process is ending'))
    },
  }
}

function providerOf(providers: ReadonlyMap<string, Provider>, model: string): Provider {
  const slash = model.indexOf('/')
  const provider = slash <= 0 || slash === model.length - 1 ? undefined : providers.get(model.slice(0, slash))
  if (provider !== undefined) return provider
  const name = model.slice(0, Math.max(0, slash))
  const missing = Object.hasOwn(USUAL, name) ? USUAL[name] : undefined
  if (missing === undefined) throw unknownModel(model, [...providers.keys()])
  throw new PolisError(
    'UNKNOWN_MODEL',
    `There is no model '${model}' yet: set ${missing.variable} in the environment, or configure the provider in models.providers of polis.config.ts`,
    { details: { model, providers: [...providers.keys()], variable: missing.variable } },
  )
}
