import type { ModelCallOptions, ModelInfo, ModelRequest, ModelResult } from '../core/model.ts'
import type { TokenUsage } from '../core/usage.ts'

/** What is found out about a request while it is made. */
export interface Trace {
  /** Whether anything may have reached the provider. */
  sent: boolean
  /** Whether a piece of an answer has come, be it only that there is one. */
  begun: boolean
  /** Status of its response, once there is one. */
  status?: number
  /** Headers of its response. */
  headers?: Headers
  /** Settings of the request that this model does not know, and that were left out. */
  ignored?: readonly string[]
}

/** One call on its way to a provider. */
export interface BackendCall {
  readonly request: ModelRequest
  readonly info: ModelInfo
  /** The model as the provider names it. */
  readonly modelId: string
  readonly options: Omit<ModelCallOptions, 'onDelta' | 'signal'>
  readonly signal: AbortSignal
  /** Given, the answer is streamed. */
  readonly onDelta?: ModelCallOptions['onDelta']
  /** Called at each sign of life of a streamed answer; `token` tells a piece of the answer from the rest. */
  readonly onLife: (token: boolean) => void
  /** What an answer can have used at most, for a provider that does not say what it did. */
  readonly assumedUsage: (content: ModelResult['content']) => TokenUsage
  readonly trace: Trace
}

/** How models of one kind of provider are asked: one call is one request. Rejects with whatever went wrong; `explain` makes an error of it. */
export interface Backend {
  readonly scripted: boolean
  /** Tokens that the provider adds to a prompt with tools. */
  readonly toolOverhead: number
  call(call: BackendCall): Promise<ModelResult>
}
