import type { ErrorCode } from '../../core/error.ts'

/** What a provider said in an error: its status, and its own code and words. */
export interface Said {
  readonly status: number
  readonly code: string
  readonly words: string
}

/** What a failure means to the caller. */
export interface Verdict {
  readonly code: ErrorCode
  /** One word, for programs. */
  readonly reason: string
  readonly what: string
  readonly advice?: string
}

const WINDOW =
  /context.?(length|window)|maximum context|prompt is too long|too many (input )?tokens|exceeds? the (available )?context|input is too long|reduce the length/i
const FILTER = /content_filter|content_policy|responsible ?ai|content management policy|safety/i

/** What the status of a response means: whether the same may pass later, and what to do. `keySource` is where the key comes from. */
export function judgeStatus({ status, code, words }: Said, keySource: string): Verdict {
  const all = `${code} ${words}`
  if ([400, 413, 422].includes(status)) return judgeRequest(status, all)
  if (status === 401 || status === 403) return judgeKey(status, keySource)
  if (status === 404) {
    const advice = 'check its name, and whether the key may use it; of a provider with a baseUrl, check that too'
    return { code: 'MODEL_FAILED', reason: 'unknown-model', what: 'the provider does not know it (404)', advice }
  }
  if (status === 402 || /insufficient_quota|billing|credit balance/i.test(all)) {
    const advice = "look at the account's quota and billing at the provider"
    return { code: 'MODEL_FAILED', reason: 'quota', what: `the account has no quota left (${status})`, advice }
  }
  if (status === 429) {
    return { code: 'MODEL_UNAVAILABLE', reason: 'rate-limit', what: "the provider's rate limit is reached (429)" }
  }
  if (status === 408) return { code: 'MODEL_TIMEOUT', reason: 'timeout', what: 'the provider took too long (408)' }
  if (status === 409 || status >= 500) return judgeServer(status)
  const what = `the provider answered with status ${status}`
  return { code: 'MODEL_FAILED', reason: 'rejected', what, advice: 'check baseUrl and the options of the provider' }
}

function judgeRequest(status: number, all: string): Verdict {
  if (WINDOW.test(all)) {
    const advice = 'shorten the conversation or the instructions, or take a model with a larger window'
    return { code: 'MODEL_FAILED', reason: 'context-window', what: 'the prompt is larger than its window', advice }
  }
  if (FILTER.test(all)) return { code: 'MODEL_REFUSED', reason: 'content-filter', what: 'a content filter refused it' }
  if (status === 413) {
    const advice = 'send fewer or smaller files'
    return { code: 'MODEL_FAILED', reason: 'too-large', what: 'the request is too large (413)', advice }
  }
  const advice = 'check the options of the call, its tools and its output schema'
  return { code: 'MODEL_FAILED', reason: 'rejected', what: `the provider rejects the request (${status})`, advice }
}

function judgeKey(status: number, keySource: string): Verdict {
  const what = status === 401 ? 'the provider does not accept the key (401)' : 'the key may not do this (403)'
  return { code: 'MODEL_FAILED', reason: 'credentials', what, advice: `check ${keySource}` }
}

function judgeServer(status: number): Verdict {
  const what = [503, 529].includes(status) ? 'the provider is overloaded' : 'the provider failed'
  return { code: 'MODEL_UNAVAILABLE', reason: 'server', what: `${what} (${status})` }
}
