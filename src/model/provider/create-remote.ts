import { ask } from '../answer/ask.ts'
import { toCallOptions } from '../answer/prompt.ts'
import type { Backend, BackendCall, Trace } from '../backend.ts'
import { outputLimitOf } from '../describe.ts'
import type { Keyring } from './keyring.ts'
import type { Opener } from './open.ts'

/** Asks a provider over the network: one call is one request, without redirects, so that no key goes astray. */
export function createRemote(opener: Opener, keyring: Keyring, fetch: typeof globalThis.fetch): Backend {
  return {
    scripted: false,
    toolOverhead: opener.toolOverhead,
    async call(call: BackendCall) {
      const { request, info, modelId, options, trace } = call
      const access = await keyring.read()
      const model = await opener.open(modelId, { ...access, fetch: traced(fetch, trace) })
      const prepared = await toCallOptions(request, opener.style, outputLimitOf(request, info), options.readBlob)
      return ask(model, prepared, call)
    },
  }
}

function traced(fetch: typeof globalThis.fetch, trace: Trace): typeof globalThis.fetch {
  return async (input, init) => {
    trace.sent = true
    const response = await fetch(input, { ...init, redirect: 'manual' })
    trace.status = response.status
    trace.headers = response.headers
    return response
  }
}
