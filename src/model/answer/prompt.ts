import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import { PolisError } from '../../core/error.ts'
import type {
  AssistantPart,
  FilePart,
  ModelCallOptions,
  ModelMessage,
  ModelRequest,
  ModelTool,
  ProviderMetadata,
  ToolResultPart,
  UserPart,
} from '../../core/model.ts'
import { isStrictSchema } from './strict-schema.ts'

/** What differs between kinds of providers in how they are asked. */
export interface PromptStyle {
  /** The key of the AI SDK under which options and metadata of the provider stand. */
  readonly namespace: string
  /** The key of `ModelRequest.providerOptions`. */
  readonly kind: string
  /** Options that every call has, below those of the request. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** Marks the end of what may be cached. */
  readonly cacheMark?: Readonly<Record<string, unknown>>
  /** Whether schemas can be kept to the letter. */
  readonly strict: boolean
  /** How a structured output is asked for. */
  readonly structuredOutput: 'native' | 'instructions'
}

type ReadBlob = ModelCallOptions['readBlob']

/** A request as the AI SDK's providers take it. Rejects with INVALID_ARGUMENT for a file that cannot be read. */
export async function toCallOptions(
  request: ModelRequest,
  style: PromptStyle,
  maxOutputTokens: number | undefined,
  readBlob: ReadBlob,
): Promise<LanguageModelV4CallOptions> {
  const { tools = [], toolChoice, output, temperature, reasoning } = request
  const native = output !== undefined && style.structuredOutput === 'native'
  return {
    prompt: await toPrompt(request, style, readBlob),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => toTool(tool, style)) }),
    ...(toolChoice === undefined || tools.length === 0 ? {} : { toolChoice: toToolChoice(toolChoice) }),
    // The schema is JSON Schema by its contract; its type there is a library's.
    ...(native
      ? { responseFormat: { type: 'json', name: output.name, schema: output.schema as Record<string, never> } as const }
      : {}),
    providerOptions: { [style.namespace]: optionsOf(request, style) },
  }
}

function optionsOf(request: ModelRequest, { defaults, kind, strict }: PromptStyle): SharedV4ProviderOptions[string] {
  const { output, providerOptions } = request
  const schema = strict && output !== undefined ? { strictJsonSchema: isStrictSchema(output.schema) } : {}
  // Plain JSON by the contract of the request.
  return { ...defaults, ...schema, ...providerOptions?.[kind] } as SharedV4ProviderOptions[string]
}

async function toPrompt(request: ModelRequest, style: PromptStyle, readBlob: ReadBlob): Promise<LanguageModelV4Prompt> {
  const instructions = instructionsOf(request, style)
  const prompt: LanguageModelV4Message[] = []
  if (instructions !== '') prompt.push({ role: 'system', content: instructions })
  for (const message of request.messages) prompt.push(await toMessage(message, readBlob))
  return request.cache === false || style.cacheMark === undefined ? prompt : mark(prompt, style)
}

function instructionsOf({ instructions = '', output }: ModelRequest, { structuredOutput }: PromptStyle): string {
  if (output === undefined || structuredOutput === 'native') return instructions
  const asked = `Answer with JSON alone, without any words around it. It must fit this JSON Schema:\n${JSON.stringify(output.schema)}`
  return instructions === '' ? asked : `${instructions}\n\n${asked}`
}

// What is the same at each call (tools and instructions come first), and what the next call will repeat.
function mark(prompt: readonly LanguageModelV4Message[], { namespace, cacheMark }: PromptStyle): LanguageModelV4Prompt {
  const last = prompt.length - 1
  const providerOptions = { [namespace]: cacheMark } as SharedV4ProviderOptions
  return prompt.map((message, at) =>
    message.role === 'system' || at === last ? { ...message, providerOptions } : message,
  )
}

async function toMessage(message: ModelMessage, readBlob: ReadBlob): Promise<LanguageModelV4Message> {
  if (message.role === 'user') {
    return { role: 'user', content: await Promise.all(message.content.map((part) => toUserPart(part, readBlob))) }
  }
  if (message.role === 'assistant') return { role: 'assistant', content: message.content.map(toAssistantPart) }
  return { role: 'tool', content: message.content.map(toResultPart) }
}

async function toUserPart(part: UserPart, readBlob: ReadBlob) {
  if (part.type === 'text') return { type: 'text', text: part.text, ...optionsOfPart(part.metadata) } as const
  return toFile(part, readBlob)
}

async function toFile({ blob, url, mediaType, name }: FilePart, readBlob: ReadBlob): Promise<LanguageModelV4FilePart> {
  const common = { type: 'file', mediaType, ...(name === undefined ? {} : { filename: name }) } as const
  if (blob !== undefined && readBlob !== undefined) {
    return { ...common, data: { type: 'data', data: await readBlob(blob) } }
  }
  const parsed = url === undefined ? null : URL.parse(url)
  if (parsed !== null) return { ...common, data: { type: 'url', url: parsed } }
  throw new PolisError(
    'INVALID_ARGUMENT',
    `A file of a message: expected a blob of the run, or a URL, got ${blob === undefined ? 'neither' : 'a blob where none can be read'}`,
    { details: { sent: false } },
  )
}

function toAssistantPart(part: AssistantPart) {
  const options = optionsOfPart(part.metadata)
  if (part.type === 'tool-call') {
    const { id: toolCallId, name: toolName, input, invalid } = part
    // Providers want an object, also of what the model wrote wrong; the words it wrote are in the result's error.
    return { type: 'tool-call', toolCallId, toolName, input: invalid ? {} : input, ...options } as const
  }
  return { type: part.type, text: part.text, ...options } as const
}

function toResultPart({ id, name, output }: ToolResultPart) {
  return { type: 'tool-result', toolCallId: id, toolName: name, output: toOutput(output) } as const
}

function toOutput({ kind, value }: ToolResultPart['output']): LanguageModelV4ToolResultOutput {
  const isText = typeof value === 'string'
  // Plain JSON by the contract of the message.
  const json = (value ?? null) as never
  if (kind === 'error') return isText ? { type: 'error-text', value } : { type: 'error-json', value: json }
  return kind === 'text' && isText ? { type: 'text', value } : { type: 'json', value: json }
}

function optionsOfPart(metadata: ProviderMetadata | undefined): { readonly providerOptions?: SharedV4ProviderOptions } {
  // Given back as the provider gave it.
  return metadata === undefined ? {} : { providerOptions: metadata as SharedV4ProviderOptions }
}

function toTool({ name, description, input }: ModelTool, { strict }: PromptStyle): LanguageModelV4FunctionTool {
  // JSON Schema by its contract.
  const inputSchema = input as LanguageModelV4FunctionTool['inputSchema']
  return { type: 'function', name, description, inputSchema, ...(strict ? { strict: isStrictSchema(input) } : {}) }
}

function toToolChoice(choice: NonNullable<ModelRequest['toolChoice']>) {
  return typeof choice === 'string' ? { type: choice } : ({ type: 'tool', toolName: choice.tool } as const)
}
