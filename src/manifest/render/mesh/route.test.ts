import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PATHS } from '../../../core/ports.ts'
import { OPERATIONS } from '../../../core/route/operation.ts'
import { objectsOf, planOf } from '../../fixture.ts'
import { callPaths } from './call.ts'

interface Request {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** An object of which these tests look at the spec. */
interface Spec<Fields> {
  readonly kind: string
  readonly spec: Fields
}

const KEY = { 'idempotency-key': 'a' }
const ACCEPT = { accept: 'text/event-stream' }

/** Requests, and the name of the route that each is to take, in both kinds of mesh. */
const EXPECTED: readonly (readonly [Request, string])[] = [
  [{ method: 'GET', path: '/runs' }, 'repeatable'],
  [{ method: 'GET', path: '/runs/r1' }, 'repeatable'],
  [{ method: 'HEAD', path: '/blobs/h' }, 'repeatable'],
  [{ method: 'PUT', path: '/schedules/nightly' }, 'repeatable'],
  [{ method: 'DELETE', path: '/runs/r1' }, 'repeatable'],
  [{ method: 'GET', path: '/runs/r1', query: { wait: '10s' } }, 'waiting'],
  [{ method: 'GET', path: '/runs/r1/events', headers: ACCEPT }, 'streams'],
  [{ method: 'GET', path: '/sessions/s1/events', headers: ACCEPT }, 'streams'],
  [{ method: 'POST', path: '/runs' }, 'once'],
  [{ method: 'POST', path: '/runs', headers: KEY }, 'keyed'],
  [{ method: 'POST', path: '/agents/clerk/runs', headers: KEY }, 'keyed'],
  [{ method: 'POST', path: '/sessions/s1/messages', headers: KEY }, 'keyed'],
  [{ method: 'POST', path: '/runs', headers: { prefer: 'wait=30' } }, 'waiting'],
  [{ method: 'POST', path: '/runs', headers: { prefer: 'wait=30', ...KEY } }, 'waiting'],
  [{ method: 'POST', path: '/agents/clerk/runs', query: { wait: '1m' } }, 'waiting'],
  [{ method: 'POST', path: '/agents/clerk/runs', query: { wait: '1m' }, headers: KEY }, 'waiting'],
  [{ method: 'POST', path: '/sessions/s1/messages', headers: ACCEPT }, 'streams'],
  [{ method: 'POST', path: '/sessions/s1/messages', headers: { ...ACCEPT, ...KEY } }, 'streams'],
  [
    { method: 'POST', path: '/runs', headers: { ...ACCEPT, ...KEY, prefer: 'wait=1' }, query: { wait: '1s' } },
    'streams',
  ],
  [{ method: 'POST', path: '/runs/r1/fork', headers: KEY }, 'once'],
  [{ method: 'POST', path: '/runs/r1/cancel' }, 'once'],
  [{ method: 'POST', path: '/sessions', headers: KEY }, 'once'],
  [{ method: 'PATCH', path: '/sessions/s1' }, 'once'],
]

const REPEATED = new Set(['repeatable', 'keyed'])

interface Matcher {
  readonly exact?: string
  readonly regex?: string
}

interface VirtualRoute {
  readonly name: string
  readonly timeout?: string
  readonly retries: { readonly attempts: number }
  readonly match?: readonly {
    readonly method?: Matcher
    readonly uri?: Matcher
    readonly headers?: Readonly<Record<string, Matcher>>
    readonly queryParams?: Readonly<Record<string, Matcher>>
  }[]
}

test('A VirtualService leads each request to the route that suits it', () => {
  const routes = virtualRoutes()
  for (const [request, name] of EXPECTED) {
    const taken = routes.find(({ match }) => match === undefined || match.some((one) => fits(one, request)))
    assert.equal(taken?.name, name, JSON.stringify(request))
  }
})

test('A VirtualService leads streams to their route without an Accept header as well', () => {
  const [streams] = virtualRoutes()
  for (const path of ['/runs/r1/events', '/sessions/s1/events'])
    assert.ok(streams?.match?.some((one) => fits(one, { method: 'GET', path })))
})

test('Only routes of what may be repeated repeat, and streams have no timeout', () => {
  for (const { name, retries, timeout } of virtualRoutes()) {
    assert.equal(retries.attempts > 0, REPEATED.has(name), name)
    assert.equal(timeout === undefined, name === 'streams', name)
  }
})

interface HttpRule {
  readonly name: string
  readonly timeouts: { readonly request: string }
  readonly retry?: { readonly attempts: number }
  readonly matches: readonly {
    readonly path: { readonly type: string; readonly value: string }
    readonly method?: string
    readonly headers?: readonly { readonly name: string; readonly value: string }[]
    readonly queryParams?: readonly { readonly name: string; readonly value: string }[]
  }[]
}

test('An HTTPRoute leads each request to the same rule, by the order of the Gateway API', () => {
  const rules = httpRules()
  for (const [request, name] of EXPECTED)
    assert.equal(mostSpecific(rules, request)?.name, name, JSON.stringify(request))
})

test('An HTTPRoute repeats only where the Gateway API of the cluster has it, and only what may be', () => {
  assert.ok(httpRules().every(({ retry }) => retry === undefined))
  for (const { name, retry } of httpRules(true)) assert.equal(retry !== undefined, REPEATED.has(name), name)
  assert.equal(httpRules().find(({ name }) => name === 'streams')?.timeouts.request, '0s')
})

test('An HTTPRoute stays within what the Gateway API takes', () => {
  const rules = httpRules()
  assert.ok(rules.length <= 16)
  assert.ok(rules.reduce((sum, { matches }) => sum + matches.length, 0) <= 128)
})

test('Where POSTs with keys are, an HTTPRoute knows no POST without one but those it names', () => {
  const prefixes = ['/runs', '/agents', '/sessions']
  const keyed = new Set(callPaths().keyed)
  const others = Object.values(OPERATIONS)
    .filter(({ method, path }) => method === 'POST' && prefixes.some((prefix) => path.startsWith(prefix)))
    .map(({ path }) => PATHS.api + path.replaceAll(/\{\w+\}/g, '*'))
    .filter((path) => !keyed.has(path) && !path.startsWith(`${PATHS.api}/runs/`))
  assert.deepEqual(others, [`${PATHS.api}/sessions`])
})

function virtualRoutes(): readonly VirtualRoute[] {
  const plan = planOf({ mesh: { kind: 'sidecar' } })
  return objectsOf<Spec<{ readonly http: readonly VirtualRoute[] }>>(plan, 'VirtualService').flatMap(
    ({ spec }) => spec.http,
  )
}

function httpRules(routeRetries = false): readonly HttpRule[] {
  const plan = planOf({ mesh: { kind: 'ambient', routeRetries } })
  return objectsOf<Spec<{ readonly rules: readonly HttpRule[] }>>(plan, 'HTTPRoute').flatMap(({ spec }) => spec.rules)
}

// Envoy's patterns are of the whole text.
function whole(pattern: string, text: string | undefined): boolean {
  return text !== undefined && new RegExp(`^(?:${pattern})$`).test(text)
}

function fits(match: NonNullable<VirtualRoute['match']>[number], { method, path, headers, query }: Request): boolean {
  const is = ({ exact, regex }: Matcher, text: string | undefined) =>
    exact === undefined ? whole(regex ?? '', text) : exact === text
  const all = (matchers: Readonly<Record<string, Matcher>> = {}, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(matchers).every(([name, matcher]) => is(matcher, values[name]))
  return (
    (match.method === undefined || is(match.method, method)) &&
    (match.uri === undefined || is(match.uri, PATHS.api + path)) &&
    all(match.headers, headers) &&
    all(match.queryParams, query)
  )
}

// The order that the specification of HTTPRouteRule gives.
function mostSpecific(rules: readonly HttpRule[], request: Request): HttpRule | undefined {
  const rank = ({ path, method, headers = [], queryParams = [] }: HttpRule['matches'][number]) => [
    ...[path.type === 'Exact' ? 1 : 0, path.value.length, method === undefined ? 0 : 1],
    ...[headers.length, queryParams.length],
  ]
  const found = rules.flatMap((rule) =>
    rule.matches.filter((match) => suits(match, request)).map((match) => ({ rule, rank: rank(match) })),
  )
  const best = found.reduce<(typeof found)[number] | undefined>(
    (first, next) => (first === undefined || isAbove(next.rank, first.rank) ? next : first),
    undefined,
  )
  return best?.rule
}

function isAbove(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((value, index) => value !== right[index])
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0)
}

function suits(match: HttpRule['matches'][number], { method, path, headers = {}, query = {} }: Request): boolean {
  const full = PATHS.api + path
  const { type, value } = match.path
  const isPath = type === 'Exact' ? full === value : value === '/' || full === value || full.startsWith(`${value}/`)
  const all = (matchers: HttpRule['matches'][number]['headers'], values: Readonly<Record<string, string>>) =>
    (matchers ?? []).every((matcher) => whole(matcher.value, values[matcher.name]))
  return (
    isPath &&
    (match.method === undefined || match.method === method) &&
    all(match.headers, headers) &&
    all(match.queryParams, query)
  )
}
