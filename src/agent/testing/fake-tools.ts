import { PolisError } from '../../core/error.ts'
import { isInputRequired } from '../../core/server-question.ts'
import type { PromptResult, ResourceResult, ToolCallOptions, ToolResult, ToolServers } from '../../core/tool.ts'
import { type FakeTool, type FakeTools, hang } from './test-options.ts'

/** The fakes of a test behind the port to tools. `onHang` is told of a call that never answers; what it returns is called when it is given up. */
export function createFakeTools(fakes: FakeTools, onHang: () => () => void): ToolServers {
  return {
    names: Object.keys(fakes),
    tools: async (server) => Object.keys(findServer(fakes, server)).map((name) => describe(server, name, fakes)),
    effect: async (server, tool) => effectOf(findTool(fakes, server, tool)),
    async call(server, tool, args, options) {
      const answer = await callFake(findTool(fakes, server, tool), { server, tool, args, options })
      if (answer === hang) return hangUntil(options.signal, onHang())
      return isObject(answer) && isInputRequired(answer) ? answer : toResult(answer)
    },
    resources: async () => [],
    async resource(server, uri, options) {
      const fake = findTool(fakes, server, uri)
      const answer = await callFake(fake, { server, tool: uri, args: {}, options })
      if (answer === hang) return hangUntil(options.signal, onHang())
      return isObject(answer) && 'contents' in answer ? (answer as ResourceResult) : toResource(uri, toResult(answer))
    },
    prompts: async () => [],
    async prompt(server, prompt, args, options) {
      const answer = await callFake(findTool(fakes, server, prompt), { server, tool: prompt, args, options })
      if (answer === hang) return hangUntil(options.signal, onHang())
      return isObject(answer) && 'messages' in answer ? (answer as PromptResult) : toPrompt(toResult(answer))
    },
    check: async (server) => ({
      server,
      ok: Object.hasOwn(fakes, server),
      detail: 'a fake of a test',
      milliseconds: 0,
    }),
    close: async () => {},
  }
}

function findServer(fakes: FakeTools, server: string): FakeTools[string] {
  const found = Object.hasOwn(fakes, server) ? fakes[server] : undefined
  if (found !== undefined) return found
  throw new PolisError(
    'UNKNOWN_SERVER',
    `The test fakes no MCP server '${server}': give tools: { ${JSON.stringify(server)}: { … } }`,
  )
}

function findTool(fakes: FakeTools, server: string, tool: string): FakeTool {
  const tools = findServer(fakes, server)
  const found = Object.hasOwn(tools, tool) ? tools[tool] : undefined
  if (found !== undefined) return found
  throw new PolisError(
    'INVALID_ARGUMENT',
    `The test fakes no tool '${tool}' of MCP server '${server}': it fakes ${Object.keys(tools).join(', ') || 'none'}`,
  )
}

function describe(server: string, name: string, fakes: FakeTools) {
  return { server, name, description: '', inputSchema: {}, effect: effectOf(findTool(fakes, server, name)) }
}

function effectOf(fake: FakeTool) {
  return typeof fake === 'function' ? 'once' : (fake.effect ?? 'once')
}

async function callFake(
  fake: FakeTool,
  { server, tool, args, options }: { server: string; tool: string; args: unknown; options: ToolCallOptions },
): Promise<unknown> {
  const call = typeof fake === 'function' ? fake : fake.call
  try {
    const { key = '', signal, given } = options
    return await call(args ?? {}, { key, signal, ...(given === undefined ? {} : { given }) })
  } catch (cause) {
    if (cause instanceof PolisError) throw cause
    const { message } = PolisError.from(cause)
    const details = { server, tool, sent: true }
    throw new PolisError('TOOL_FAILED', `Tool '${tool}' of MCP server '${server}' failed: ${message}`, {
      cause,
      details,
    })
  }
}

function hangUntil(signal: AbortSignal, givenUp: () => void): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      givenUp()
      reject(signal.reason)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

function toResult(answer: unknown): ToolResult {
  if (isResult(answer)) return answer
  const text = typeof answer === 'string' ? answer : answer === undefined ? '' : JSON.stringify(answer)
  const content = text === '' ? [] : [{ type: 'text', text }]
  return typeof answer === 'string' || answer === undefined ? { content, text } : { content, structured: answer, text }
}

function toResource(uri: string, { text }: ToolResult): ResourceResult {
  return { contents: [{ uri, text }], text }
}

function toPrompt({ text }: ToolResult): PromptResult {
  return { description: '', messages: [{ role: 'user', content: { type: 'text', text } }], text }
}

function isObject(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null
}

function isResult(answer: unknown): answer is ToolResult {
  if (!isObject(answer) || !('content' in answer) || !('text' in answer)) return false
  return Array.isArray(answer.content) && typeof answer.text === 'string'
}
