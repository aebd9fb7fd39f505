import { AsyncLocalStorage } from 'node:async_hooks'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { hash } from '../../core/json.ts'
import { ask } from '../answer/ask.ts'
import { toCallOptions } from '../answer/prompt.ts'
import type { Backend, BackendCall, Trace } from '../backend.ts'
import { outputLimitOf } from '../describe.ts'
import type { Keyring } from './keyring.ts'
import type { Access, Opener } from './open.ts'

/** Asks a provider over the network: one call is one request, without redirects, so that no key goes astray. */
export function createRemote(opener: Opener, keyring: Keyring, fetch: typeof globalThis.fetch): Backend {
  const traces = new AsyncLocalStorage<Trace>()
  const open = keepOpen(opener, traced(fetch, traces))
  return {
    scripted: false,
    toolOverhead: opener.toolOverhead,
    async call(call: BackendCall) {
      const { request, info, modelId, options, trace } = call
      const model = await open(modelId, await keyring.read())
      const prepared = await toCallOptions(request, opener.style, outputLimitOf(request, info), options.readBlob)
      return traces.run(trace, () => ask(model, prepared, call))
    },
  }
}

/** Models that stay open, by name and credentials. */
const MOST_OPEN = 50

// To open one takes longer than all that is ours of a call. A rotated key opens another.
function keepOpen({ open }: Opener, fetch: typeof globalThis.fetch) {
  const opened = new Map<string, Promise<LanguageModelV4>>()
  return (modelId: string, access: Omit<Access, 'fetch'>) => {
    const key = hash({ modelId, ...access })
    const found = opened.get(key)
    if (found !== undefined) return found
    if (opened.size >= MOST_OPEN) opened.clear()
    const model = open(modelId, { ...access, fetch })
    opened.set(key, model)
    return model
  }
}

// The models outlive a call, so each request finds its own trace.
function traced(fetch: typeof globalThis.fetch, traces: AsyncLocalStorage<Trace>): typeof globalThis.fetch {
  return async (input, init) => {
    const trace = traces.getStore()
    if (trace !== undefined) trace.sent = true
    const response = await fetch(input, { ...init, redirect: 'manual' })
    if (trace !== undefined) {
      trace.status = response.status
      trace.headers = response.headers
    }
    return response
  }
}
