import type { McpServerConfig, StdioServerConfig } from '../../../src/protocol/mcp/config.ts'

/** A hostile server, and what a call of its tool comes to. */
export interface Animal {
  readonly name: string
  readonly over: 'stdio' | 'http'
  /** What its call fails with; undefined where it succeeds all the same. */
  readonly fails?: { readonly code: string; readonly message: RegExp }
  readonly options?: Omit<Partial<StdioServerConfig>, 'command'>
  /** The tool that is called. */
  readonly tool?: string
}

const stdio = (name: string, code?: string, message?: RegExp, more: Partial<Animal> = {}): Animal => ({
  ...{ name, over: 'stdio', ...more },
  ...(code === undefined || message === undefined ? {} : { fails: { code, message } }),
})
const http = (name: string, code: string, message: RegExp): Animal => ({ name, over: 'http', fails: { code, message } })

/** All of them. */
export const ANIMALS: readonly Animal[] = [
  stdio('hang-at-start', 'TIMEOUT', /did not answer within 3s/),
  stdio('hang-at-list', 'TIMEOUT', /did not answer within 3s/),
  stdio('hang-in-call', 'TIMEOUT', /Tool 'act' .* did not answer within 3s/),
  stdio('flood-stdout', 'TOOL_UNAVAILABLE', /flooded its standard output/),
  stdio('flood-of-messages', 'TOOL_UNAVAILABLE', /flooded its standard output/),
  stdio('flood-stderr', 'TIMEOUT', /its last words: something is not quite right/),
  stdio('crash-at-start', 'TOOL_UNAVAILABLE', /exited with code 7.*no licence found/),
  stdio('crash-in-call', 'TOOL_UNAVAILABLE', /exited with code 9 during a call.*segmentation violation/),
  stdio('wrong-ids', 'TIMEOUT', /answered a request that was not made, or twice: id 4711/),
  stdio('duplicate-answers'),
  stdio('answers-to-nobody'),
  stdio('huge-result', 'TOO_LARGE', /over 32 MiB/),
  stdio('invalid-json', 'TIMEOUT', /what is not MCP: \{"jsonrpc"/),
  stdio('invalid-utf8', 'TIMEOUT', /what is not MCP: \(not UTF-8\)/),
  stdio('impossible-version', 'TOOL_UNAVAILABLE', /1789-07-14/),
  stdio('changing-tools', 'INVALID_ARGUMENT', /has no tool 'act'/),
  stdio('deep-schema', 'INVALID_ARGUMENT', /cannot be used: its inputSchema nests deeper than 64 levels/),
  stdio('bottomless-schema', 'TOO_LARGE', /JSON that nests too deep/),
  stdio('huge-tool-list', 'TOO_LARGE', /lists 5000 tools: at most 2000/),
  stdio('slow-drip', 'TIMEOUT', /did not answer within 3s/),
  stdio('zombie-children'),
  stdio('ignores-sigterm'),
  stdio('memory-hog', 'TOOL_UNAVAILABLE', /MiB in memory, over its limit of 256 MiB/, {
    options: { memoryLimit: 256 * 2 ** 20 },
  }),
  http(
    'redirect',
    'TOOL_UNAVAILABLE',
    /redirects \(HTTP 307\) to http:\/\/169\.254\.169\.254\/latest, and redirects are not followed/,
  ),
  http('lies-about-length', 'TOOL_UNAVAILABLE', /cut off|terminated|cannot be reached/),
  http('huge-body', 'TOO_LARGE', /over/),
  http('web-page', 'TOOL_FAILED', /text\/html/),
  http('gone-bad', 'TOOL_UNAVAILABLE', /HTTP 503/),
  http('endless-stream', 'TIMEOUT', /did not answer within 3s/),
  http('flooding-stream', 'TOOL_UNAVAILABLE', /floods|cut off/),
]

/** Its configuration; `port` is that of one over HTTP. Only those that never answer are not waited for long. */
export function configOf(animal: Animal, fixture: string, port: number | undefined): McpServerConfig {
  const { name, fails, options = {} } = animal
  const timeout = fails?.code === 'TIMEOUT' ? '3s' : '30s'
  if (port !== undefined) return { url: `http://127.0.0.1:${port}/mcp`, timeout }
  const env = { POLIS_ZOO: String(process.pid) }
  return { command: process.execPath, args: [fixture, name], env, timeout, ...options }
}
