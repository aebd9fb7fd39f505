import type { Rest } from './harness.ts'
import { rawRequest, type Seen, sendRaw } from './raw-request.ts'

/** A bad request, and the error that a user would want. */
export interface Hostile {
  readonly title: string
  send(rest: Rest): Promise<Seen>
  readonly status: number
  readonly code: string
  /** What the message must say. */
  readonly says: RegExp
}

const RUN = 'run_00000000000000000000000009'
const JSON_TYPE = { 'Content-Type': 'application/json' }
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

/** Bad input over REST. */
export const HOSTILE: readonly Hostile[] = [
  // The body's bytes
  submit('an empty body', '', 400, 'INVALID_ARGUMENT', /body \$: expected object/),
  submit('text that is not JSON', '{"agent": "echo"', 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit('a lone brace', '}', 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit('single quotes', "{'agent':'echo'}", 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit('a trailing comma', '{"agent":"echo",}', 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit('NaN', '{"agent":"echo","input":NaN}', 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit(
    'bytes that are not UTF-8',
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    400,
    'INVALID_ARGUMENT',
    /not valid UTF-8/,
  ),
  submit('binary rubbish', Buffer.from([0, 1, 2, 3, 0x80, 0xff]), 400, 'INVALID_ARGUMENT', /not valid UTF-8/),
  submit('a NUL byte', '{"agent":"ec\u0000ho"}', 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit('101 levels of input', `{"agent":"echo","input":${deep(101)}}`, 400, 'INVALID_ARGUMENT', /deeper than 100/),
  submit('a hundred thousand levels', deep(100_000), 400, 'INVALID_ARGUMENT', /deeper than 100/),
  submit('a hundred thousand open brackets', '['.repeat(100_000), 400, 'INVALID_ARGUMENT', /not valid JSON/),
  submit(
    'more bytes than the limit',
    `{"agent":"echo","input":"${'x'.repeat(1024 * 1024)}"}`,
    413,
    'TOO_LARGE',
    /server\.max_body_bytes, 1048576/,
  ),
  submit(
    'a __proto__ key',
    '{"agent":"echo","input":{"__proto__":{"admin":true}}}',
    400,
    'INVALID_ARGUMENT',
    /\$\.input\.__proto__/,
  ),
  submit(
    'an escaped __proto__ key',
    '{"agent":"echo","tags":{"__pr\\u006fto__":"x"}}',
    400,
    'INVALID_ARGUMENT',
    /\$\.tags\.__proto__/,
  ),
  submit(
    'a constructor.prototype key',
    '{"agent":"echo","input":[{"constructor":{"prototype":{"x":1}}}]}',
    400,
    'INVALID_ARGUMENT',
    /\$\.input\[0\]\.constructor/,
  ),
  // The body's shape
  submit('an array for an object', '[]', 400, 'INVALID_ARGUMENT', /expected object, received array/),
  submit('null for an object', 'null', 400, 'INVALID_ARGUMENT', /body \$: expected object/),
  submit(
    'a number for the agent',
    '{"agent":5}',
    400,
    'INVALID_ARGUMENT',
    /body \$\.agent: expected string, received number/,
  ),
  submit('no agent', '{"input":1}', 400, 'INVALID_ARGUMENT', /\$\.agent/),
  submit(
    'an agent that is a path',
    '{"agent":"../../etc/passwd"}',
    400,
    'INVALID_ARGUMENT',
    /\$\.agent: expected a letter/,
  ),
  submit('an agent of emoji', '{"agent":"🤖"}', 400, 'INVALID_ARGUMENT', /\$\.agent: expected a letter/),
  submit('an unknown agent', '{"agent":"ghost"}', 404, 'UNKNOWN_AGENT', /no agent ghost/),
  submit('an unknown field', '{"agent":"echo","inptu":1}', 400, 'INVALID_ARGUMENT', /"inptu"/),
  submit(
    "an input against the agent's schema",
    '{"agent":"echo","input":"bad"}',
    422,
    'INVALID_INPUT',
    /name: expected a text/,
  ),
  submit('tags that are a list', '{"agent":"echo","tags":["a"]}', 400, 'INVALID_ARGUMENT', /\$\.tags/),
  submit('a tag that is a number', '{"agent":"echo","tags":{"a b":1}}', 400, 'INVALID_ARGUMENT', /\$\.tags\["a b"\]/),
  submit(
    'fifty-one tags',
    JSON.stringify({ agent: 'echo', tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, 'x'])) }),
    400,
    'INVALID_ARGUMENT',
    /at most 50 tags/,
  ),
  submit('a priority beyond all others', '{"agent":"echo","priority":1e9}', 400, 'INVALID_ARGUMENT', /\$\.priority/),
  submit(
    'an unknown session policy',
    '{"agent":"echo","policy":"drop"}',
    400,
    'INVALID_ARGUMENT',
    /\$\.policy.*enqueue/,
  ),
  submit('a session with a line break', '{"agent":"echo","session":"a\\nb"}', 400, 'INVALID_ARGUMENT', /\$\.session/),
  submit(
    'a webhook to a file',
    '{"agent":"echo","webhook":"file:///etc/passwd"}',
    400,
    'INVALID_ARGUMENT',
    /\$\.webhook/,
  ),
  submit('a time that is none', '{"agent":"echo","notBefore":"tomorrow"}', 400, 'INVALID_ARGUMENT', /\$\.notBefore/),
  // Headers
  submit(
    'an idempotency key of spaces',
    '{"agent":"echo"}',
    400,
    'INVALID_ARGUMENT',
    /header \$\["?idempotency-key|header \$\.idempotency-key/,
    { 'Idempotency-Key': 'a b c' },
  ),
  submit('an endless idempotency key', '{"agent":"echo"}', 400, 'INVALID_ARGUMENT', /idempotency-key/, {
    'Idempotency-Key': 'k'.repeat(300),
  }),
  submit('a body of text', '{"agent":"echo"}', 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/, {
    'Content-Type': 'text/plain',
  }),
  submit('a body of a form', 'agent=echo', 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/, {
    'Content-Type': 'application/x-www-form-urlencoded',
  }),
  submit('a media type that is none', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/, {
    'Content-Type': ';;;',
  }),
  submit('another charset', '{"agent":"echo"}', 415, 'UNSUPPORTED_MEDIA_TYPE', /utf-16/, {
    'Content-Type': 'application/json; charset=utf-16',
  }),
  submit('a compressed body', 'xxxx', 415, 'UNSUPPORTED_MEDIA_TYPE', /gzip/, { 'Content-Encoding': 'gzip' }),
  raw(
    'a body without a media type',
    rawRequest('POST /api/v1/runs HTTP/1.1', { 'Content-Length': '2' }, '{}'),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /application\/json/,
  ),
  raw(
    'the Host of a stranger',
    rawRequest('GET /api/v1/runs HTTP/1.1', { Host: 'evil.example' }),
    403,
    'FORBIDDEN',
    /localhost alone.*evil\.example/,
  ),
  raw(
    'a Host that only begins like ours',
    rawRequest('GET /api/v1/runs HTTP/1.1', { Host: 'localhost.evil.example' }),
    403,
    'FORBIDDEN',
    /localhost alone/,
  ),
  raw(
    "a stranger's web page",
    rawRequest('GET /api/v1/runs HTTP/1.1', { Origin: 'https://evil.example' }),
    403,
    'FORBIDDEN',
    /server\.cors_origins/,
  ),
  raw(
    'a page without an origin',
    rawRequest('GET /api/v1/runs HTTP/1.1', { Origin: 'null' }),
    403,
    'FORBIDDEN',
    /'null'/,
  ),
  raw(
    'a tenant that is a path',
    rawRequest('GET /api/v1/runs HTTP/1.1', { 'Polis-Tenant': '../other' }),
    400,
    'INVALID_ARGUMENT',
    /Polis-Tenant/,
  ),
  raw(
    'headers over 16 KiB',
    rawRequest('GET /api/v1/runs HTTP/1.1', { 'X-Long': 'x'.repeat(20_000) }),
    431,
    'TOO_LARGE',
    /16 KiB/,
  ),
  raw('what is not HTTP', 'EHLO there\r\n\r\n', 400, 'INVALID_ARGUMENT', /not a valid HTTP request/),
  raw(
    'two lengths (request smuggling)',
    rawRequest('POST /api/v1/runs HTTP/1.1', { 'Content-Length': '2', 'Transfer-Encoding': 'chunked' }, '{}'),
    400,
    'INVALID_ARGUMENT',
    /not a valid HTTP request/,
  ),
  raw(
    'a broken chunk',
    rawRequest('POST /api/v1/runs HTTP/1.1', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }, 'zz\r\n'),
    400,
    'INVALID_ARGUMENT',
    /not (a valid HTTP request|whole)|ended before/,
  ),
  // Paths, methods and queries
  get('an unknown path', '/api/v1/rnus', 404, 'NOT_FOUND', /\/api\/v1\/rnus.*openapi\.json/),
  get('the root', '/', 404, 'NOT_FOUND', /nothing at \//),
  get('a path that climbs', '/api/v1/../../etc/passwd', 404, 'NOT_FOUND', /nothing at/),
  get('an endless path', `/api/v1/${'a'.repeat(8000)}`, 404, 'NOT_FOUND', /…/),
  get('a broken percent sign', '/api/v1/runs/%zz', 400, 'INVALID_ARGUMENT', /percent-encoding/),
  get('a percent-encoded byte that is not UTF-8', '/api/v1/runs/%ff', 400, 'INVALID_ARGUMENT', /percent-encoding/),
  get('an endless parameter', `/api/v1/runs/${'a'.repeat(5000)}`, 400, 'INVALID_ARGUMENT', /too long/),
  get('a run id that is none', '/api/v1/runs/17', 400, 'INVALID_ARGUMENT', /path \$\.run: expected a run id/),
  get('a run that is not there', `/api/v1/runs/${RUN}`, 404, 'NOT_FOUND', new RegExp(RUN)),
  get('an unknown query parameter', '/api/v1/runs?stauts=running', 400, 'INVALID_ARGUMENT', /query \$.*"stauts"/),
  get('an unknown status', '/api/v1/runs?status=sleeping', 400, 'INVALID_ARGUMENT', /query \$\.status\[0\].*queued/),
  get(
    'a limit of minus one',
    '/api/v1/runs?limit=-1',
    400,
    'INVALID_ARGUMENT',
    /query \$\.limit: expected a whole number from 1 to 1000/,
  ),
  get(
    'a limit beyond all pages',
    '/api/v1/runs?limit=99999',
    400,
    'INVALID_ARGUMENT',
    /\$\.limit: expected a whole number from 1 to 1000/,
  ),
  get('a limit in words', '/api/v1/runs?limit=many', 400, 'INVALID_ARGUMENT', /\$\.limit: expected a whole number/),
  get('a limit given twice', '/api/v1/runs?limit=1&limit=2', 400, 'INVALID_ARGUMENT', /\$\.limit/),
  get('a tag without a value', '/api/v1/runs?tag=blue', 400, 'INVALID_ARGUMENT', /expected a tag as name:value/),
  get(
    'a time that is none, in a query',
    '/api/v1/runs?createdFrom=yesterday',
    400,
    'INVALID_ARGUMENT',
    /createdFrom.*2026-01-31/,
  ),
  get('a wait without a unit', `/api/v1/runs/${RUN}?wait=10`, 400, 'INVALID_ARGUMENT', /'10s'/),
  get('a prototype in a query', '/api/v1/runs?__proto__=1', 400, 'INVALID_ARGUMENT', /__proto__/),
  get(
    'a blob hash that is a path',
    '/api/v1/blobs/..%2F..%2Fetc%2Fpasswd',
    400,
    'INVALID_ARGUMENT',
    /64 lower-case hexadecimal/,
  ),
  get('a blob that is not there', `/api/v1/blobs/${'a'.repeat(64)}`, 404, 'NOT_FOUND', /no blob/),
  get('an agent that is not there', '/api/v1/agents/ghost', 404, 'UNKNOWN_AGENT', /no agent ghost/),
  get(
    'a Last-Event-ID that is none',
    `/api/v1/runs/${RUN}/events`,
    400,
    'INVALID_ARGUMENT',
    /last-event-id.*whole number/,
    { 'Last-Event-ID': 'abc' },
  ),
  get(
    'a negative Last-Event-ID',
    `/api/v1/runs/${RUN}/events`,
    400,
    'INVALID_ARGUMENT',
    /last-event-id.*whole number/,
    { 'Last-Event-ID': '-1' },
  ),
  get('the stream of a run that is not there', `/api/v1/runs/${RUN}/events`, 404, 'NOT_FOUND', new RegExp(RUN)),
  raw('a method that does not fit', rawRequest('PUT /api/v1/runs HTTP/1.1'), 405, 'METHOD_NOT_ALLOWED', /POST, GET/),
  raw(
    'an unusual method',
    rawRequest('PROPFIND /api/v1/runs HTTP/1.1'),
    405,
    'METHOD_NOT_ALLOWED',
    /PROPFIND is not allowed/,
  ),
  raw(
    'OPTIONS without CORS',
    rawRequest('OPTIONS /api/v1/runs HTTP/1.1', { Origin: 'https://evil.example' }),
    405,
    'METHOD_NOT_ALLOWED',
    /OPTIONS/,
  ),
  post(
    'an answer without one',
    `/api/v1/runs/${RUN}/questions/q/answer`,
    '{"anwser":true}',
    400,
    'INVALID_ARGUMENT',
    /"anwser"/,
  ),
  post('a message without a name', `/api/v1/runs/${RUN}/messages`, '{"data":1}', 400, 'INVALID_ARGUMENT', /\$\.name/),
  post('a fork at zero', `/api/v1/runs/${RUN}/fork`, '{"at":0}', 400, 'INVALID_ARGUMENT', /\$\.at/),
  post(
    'a reason of a thousand lines',
    `/api/v1/runs/${RUN}/cancel`,
    JSON.stringify({ reason: 'x\n'.repeat(1000) }),
    400,
    'INVALID_ARGUMENT',
    /\$\.reason/,
  ),
  raw(
    'a cron line that is none',
    rawRequest(
      'PUT /api/v1/schedules/nightly HTTP/1.1',
      { ...JSON_TYPE, 'Content-Length': '34' },
      '{"agent":"echo","cron":"nonsense"} '.slice(0, 34),
    ),
    400,
    'INVALID_ARGUMENT',
    /five or six fields/,
  ),
  raw(
    'a blob over the limit',
    rawRequest(
      'POST /api/v1/blobs HTTP/1.1',
      { 'Content-Type': 'x/y', 'Transfer-Encoding': 'chunked' },
      `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`,
    ),
    413,
    'TOO_LARGE',
    /server\.max_body_bytes/,
  ),
  post('a blob whose name is badly encoded', '/api/v1/blobs', 'x', 400, 'INVALID_ARGUMENT', /Polis-Name/, {
    'Polis-Name': '%zz',
  }),
]

function submit(
  title: string,
  body: string | Uint8Array,
  status: number,
  code: string,
  says: RegExp,
  headers: Readonly<Record<string, string>> = {},
): Hostile {
  return post(`a submit with ${title}`, '/api/v1/runs', body, status, code, says, headers)
}

function post(
  title: string,
  path: string,
  body: string | Uint8Array,
  status: number,
  code: string,
  says: RegExp,
  headers: Readonly<Record<string, string>> = {},
): Hostile {
  const all = { ...JSON_TYPE, 'Content-Length': String(Buffer.byteLength(body)), ...headers }
  return raw(title, rawRequest(`POST ${path} HTTP/1.1`, all, body), status, code, says)
}

function get(
  title: string,
  path: string,
  status: number,
  code: string,
  says: RegExp,
  headers: Readonly<Record<string, string>> = {},
): Hostile {
  return raw(title, rawRequest(`GET ${path} HTTP/1.1`, headers), status, code, says)
}

function raw(title: string, bytes: string | Uint8Array, status: number, code: string, says: RegExp): Hostile {
  return { title, status, code, says, send: (rest) => sendRaw(rest, bytes) }
}
