import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  Client,
  type ClientCapabilities,
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/client'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import type { Log } from '../../telemetry/log.ts'
import { isStdio, type McpServerConfig } from './config.ts'
import { NO_SAMPLING, toElicitResult, toQuestion } from './input-required.ts'
import type { LiveQuestions } from './live-question.ts'
import { timerLimit } from './wait.ts'

/** What a client is made for. */
export interface ClientOptions {
  readonly cwd: string
  readonly log: Log
  readonly secrets: KnownSecrets
  readonly questions: LiveQuestions
  readonly onToolsChanged: (() => void) | undefined
}

const PROBE_LIMIT = 15_000
const CLIENT = { name: 'agentpolis', version: '1' }

/** The SDK's client, set up for one connection: which era is spoken, what we offer to the server, and what its requests lead to. */
export function createClient(
  { config, limit }: { readonly config: McpServerConfig; readonly limit: number },
  { cwd, log, secrets, questions, onToolsChanged }: ClientOptions,
): Client {
  // Over stdio silence means the older era; over HTTP it means an outage, and the whole limit may be waited for.
  const timeoutMs = isStdio(config) ? Math.min(PROBE_LIMIT, Math.ceil(limit / 2)) : limit
  const roots = rootsOf(config, cwd)
  const tools = onToolsChanged && { autoRefresh: false, debounceMs: 0, onChanged: () => onToolsChanged() }
  const client = new Client(CLIENT, {
    versionNegotiation: { mode: 'auto', probe: { timeoutMs: timerLimit(timeoutMs) } },
    inputRequired: { autoFulfill: false },
    capabilities: capabilitiesOf(roots),
    ...(tools === undefined ? {} : { listChanged: { tools } }),
  })
  client.onerror = (error) => log.debug({ reason: error.message }, 'MCP connection reported')
  client.setRequestHandler('elicitation/create', async ({ params }) =>
    toElicitResult(await questions.answer(secrets.hideIn(toQuestion(params)))),
  )
  if (roots.length > 0) client.setRequestHandler('roots/list', () => ({ roots: [...roots] }))
  client.fallbackRequestHandler = async (request) => refuse(request)
  return client
}

/** A folder that a server is told it may work in. */
export interface Root {
  readonly uri: string
  readonly name: string
}

/** The roots that the project gives a server, as the protocol has them. */
export function rootsOf({ roots = [] }: McpServerConfig, cwd: string): readonly Root[] {
  return roots.map((root) => {
    if (root.includes('://')) return { uri: root, name: root }
    const path = resolve(cwd, root)
    return { uri: pathToFileURL(path).href, name: basename(path) }
  })
}

function capabilitiesOf(roots: readonly Root[]): ClientCapabilities {
  return { elicitation: { form: { applyDefaults: true }, url: {} }, ...(roots.length === 0 ? {} : { roots: {} }) }
}

function refuse({ method }: JSONRPCRequest): never {
  const reason = method === 'sampling/createMessage' ? `The server ${NO_SAMPLING}` : `The client offers no ${method}`
  throw new ProtocolError(ProtocolErrorCode.MethodNotFound, reason)
}
