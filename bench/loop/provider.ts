/**
 * A model provider that answers at once, in a process of its own: OpenAI's Chat Completions, whole or streamed.
 *
 * It asks for the tool `look` until it has seen two results of it, then answers a text: an agent's run is three calls. Prints its address
 * as a line of JSON, and ends when its standard input does.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Body {
  readonly model: string
  readonly stream?: boolean
  readonly messages: readonly { readonly role: string }[]
}

const ANSWER = 'All is well: the two readings agree, and nothing has to be done about it today.'
const USAGE = { prompt_tokens: 120, completion_tokens: 20, total_tokens: 140 }

const server = createServer(async (request, response) => {
  const body = await readBody(request)
  answers += 1
  const looked = body.messages.filter(({ role }) => role === 'tool').length
  if (body.stream === true) stream(response, body.model, looked)
  else whole(response, body.model, looked)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // Listens on TCP.
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/v1` }))
})
process.stdin.on('end', () => process.exit(0)).resume()

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString()) as Body // Our own measurements are all who call.
}

function whole(response: ServerResponse, model: string, looked: number): void {
  const last = looked >= 2
  const message = last
    ? { role: 'assistant', content: ANSWER }
    : { role: 'assistant', content: null, tool_calls: [call(looked)] }
  const choice = { index: 0, message, finish_reason: last ? 'stop' : 'tool_calls', logprobs: null }
  const text = JSON.stringify({ ...head('chat.completion', model), choices: [choice], usage: USAGE })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}

function stream(response: ServerResponse, model: string, looked: number): void {
  const last = looked >= 2
  const deltas = last
    ? ANSWER.split(/(?<= )/).map((content) => ({ content }))
    : [{ tool_calls: [{ index: 0, ...call(looked) }] }]
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ ...head('chat.completion.chunk', model), choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ role: 'assistant', content: '' }) + deltas.map((delta) => chunk(delta)).join(''))
  const usage = `data: ${JSON.stringify({ ...head('chat.completion.chunk', model), choices: [], usage: USAGE })}\n\n`
  response.end(`${chunk({}, last ? 'stop' : 'tool_calls')}${usage}data: [DONE]\n\n`)
}

function call(looked: number) {
  return {
    id: `call_${looked}`,
    type: 'function',
    function: { name: 'look', arguments: JSON.stringify({ at: `gauge ${looked}` }) },
  }
}

// Some clients tell messages apart by the id of their completion.
let answers = 0

function head(object: string, model: string) {
  return { id: `chatcmpl-${answers}`, object, created: 1_780_000_000, model }
}
