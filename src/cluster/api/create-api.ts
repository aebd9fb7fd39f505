import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { abortable } from '../../core/pause.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import {
  type ApplyOptions,
  type ClusterApi,
  FIELD_MANAGER,
  type KindRef,
  type LiveObject,
  type RemoveOptions,
  refOf,
} from '../api.ts'
import type { Connection } from '../kubeconfig/connection.ts'
import { listAt, textAt } from '../read.ts'
import { createDiscovery, type Discovery, listPathOf, pathOf, type Resource } from './discovery.ts'
import { errorOf } from './error.ts'
import { type Answer, createSend, type Send, type Sent } from './send.ts'

/** Attempts of what does nothing more when it is sent again, and the first delay between them, in milliseconds. */
const ATTEMPTS = 4
const FIRST_DELAY = 500
const LONGEST_DELAY = 10_000

const APPLY = 'application/apply-patch+yaml'
const JSON_TYPE = 'application/json'

/** What the API of a cluster is made with. */
export interface ClusterApiOptions {
  readonly clock: Clock
  /** Ends every call. */
  readonly signal: AbortSignal
  /** Takes what the API warns of, each once: what is deprecated, pods that Pod Security would refuse. */
  readonly onWarning?: (message: string) => void
}

/** The API of a real cluster. */
export function createClusterApi(connection: Connection, options: ClusterApiOptions): ClusterApi {
  const send = withWarnings(createSend(connection), options.onWarning)
  const ask = asker(send, options.clock, options.signal)
  const discover = createDiscovery(async (path) => {
    const answer = await ask(`The API ${path}`, { method: 'GET', path }, [404])
    return answer.status === 404 ? undefined : jsonIn(answer)
  })
  const line: Line = { send, ask, discover }
  return { server: connection.server, ...readsOver(line), ...writesOver(line), ...podsOver(line) }
}

/** What requests are made with. */
interface Line {
  readonly send: Send
  /** Sends again what may be sent again. */
  readonly ask: ReturnType<typeof asker>
  readonly discover: Discovery
}

function readsOver({ ask, discover }: Line): Pick<ClusterApi, 'version' | 'serves' | 'get' | 'list'> {
  return {
    async version() {
      return textAt(jsonIn(await ask('The cluster', { method: 'GET', path: '/version' })), 'gitVersion')
    },
    serves: async (kind) => (await discover(kind)) !== undefined,
    async get(ref) {
      const resource = await discover(ref)
      if (resource === undefined) return undefined
      const answer = await ask(title(ref), { method: 'GET', path: pathOf(resource, ref) }, [404])
      return answer.status === 404 ? undefined : objectIn(answer)
    },
    async list(kind, options = {}) {
      const path = listPathOf(await resourceOf(discover, kind), options)
      const answer = await ask(`${kind.kind} of ${options.namespace ?? 'the cluster'}`, { method: 'GET', path })
      // The API leaves out of a list's items what the list says of all.
      return listAt(jsonIn(answer), 'items').map((item) => ({ ...kind, ...(item as LiveObject) }))
    },
  }
}

function writesOver({ ask, discover }: Line): Pick<ClusterApi, 'apply' | 'create' | 'replace' | 'remove'> {
  const pathTo = async (object: KubernetesObject) => pathOf(await resourceOf(discover, object), refOf(object))
  return {
    async apply(object, options = {}) {
      const path = `${await pathTo(object)}?${applyQuery(options)}`
      const sent = { method: 'PATCH', path, body: JSON.stringify(object), headers: { 'content-type': APPLY } }
      return objectIn(await ask(title(refOf(object)), sent))
    },
    async create(object) {
      const path = listPathOf(await resourceOf(discover, object), namespaceOf(object))
      const sent = { method: 'POST', path: `${path}?fieldManager=${FIELD_MANAGER}`, ...json(object) }
      // A question is kept nowhere.
      const isQuestion = object.metadata.name === ''
      return objectIn(await ask(title(refOf(object)), sent, [], isQuestion ? isRetryable : wasRefused))
    },
    async replace(object) {
      const sent = { method: 'PUT', path: `${await pathTo(object)}?fieldManager=${FIELD_MANAGER}`, ...json(object) }
      return objectIn(await ask(title(refOf(object)), sent, [], wasRefused))
    },
    async remove(ref, options = {}) {
      const resource = await discover(ref)
      if (resource === undefined) return false
      const sent = { method: 'DELETE', path: pathOf(resource, ref), ...json(removalOf(options)) }
      return (await ask(title(ref), sent, [404])).status !== 404
    },
  }
}

function podsOver({ send, ask }: Line): Pick<ClusterApi, 'log' | 'proxy'> {
  const base = (namespace: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}`
  return {
    async log({ name, namespace }, { container, previous = false, lines }) {
      const query = new URLSearchParams({
        container,
        tailLines: String(lines),
        ...(previous ? { previous: 'true' } : {}),
      })
      const path = `${base(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`
      return (await ask(`The log of ${name}`, { method: 'GET', path, headers: { accept: '*/*' } })).text
    },
    async proxy({ name, namespace, port }, { path, ...request }) {
      const service = `${base(namespace)}/services/${encodeURIComponent(name)}:${encodeURIComponent(port)}/proxy`
      const { status, headers, text } = await send({ ...request, path: service + path })
      const type = headers['content-type'] ?? 'text/plain'
      return new Response(text === '' ? null : text, { status, headers: { 'content-type': type } })
    },
  }
}

async function resourceOf(discover: Discovery, kind: KindRef): Promise<Resource> {
  const found = await discover(kind)
  if (found !== undefined) return found
  throw new PolisError('NOT_FOUND', `The cluster has no kind ${kind.kind} in ${kind.apiVersion}`, {
    details: { hint: 'Install what defines it, or correct the deployment in polis.config.ts' },
  })
}

function removalOf({ uid, resourceVersion, propagation = 'background', dryRun = false }: RemoveOptions): unknown {
  return {
    ...{ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: PROPAGATION[propagation] },
    ...(dryRun ? { dryRun: ['All'] } : {}),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  }
}

const PROPAGATION = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const

/** Sends again, while the cluster is busy, what `may` be: by default whatever does nothing more then. Statuses in `fine` are answers too. */
function asker(send: Send, clock: Clock, signal: AbortSignal) {
  return async (what: string, sent: Sent, fine: readonly number[] = [], may = isRetryable): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(what, send, sent, signal, fine)
      } catch (reason) {
        const error = PolisError.from(reason)
        if (signal.aborted || attempt === ATTEMPTS || !may(error)) throw error
        const { retryAfter } = error.details
        const asked = typeof retryAfter === 'number' ? retryAfter * 1000 : FIRST_DELAY * 2 ** (attempt - 1)
        await abortable(clock, Math.min(asked, LONGEST_DELAY), signal)
      }
    }
  }
}

function isRetryable({ retryable, details: { httpStatus } }: PolisError): boolean {
  // 500 is what a webhook that stumbles and a database that elects its leader look like.
  return retryable || httpStatus === 500
}

// What was turned away at the door was not done: also what would do more when it is sent again may be.
function wasRefused({ code }: PolisError): boolean {
  return code === 'RATE_LIMITED'
}

async function once(
  what: string,
  send: Send,
  sent: Sent,
  signal: AbortSignal,
  fine: readonly number[] = [],
): Promise<Answer> {
  const answer = await send({ ...sent, signal })
  if ((answer.status >= 200 && answer.status < 300) || fine.includes(answer.status)) return answer
  throw errorOf(what, answer)
}

function applyQuery({ dryRun = false, force = false, manager = FIELD_MANAGER }: ApplyOptions): URLSearchParams {
  return new URLSearchParams({
    ...{ fieldManager: manager, fieldValidation: 'Strict' },
    ...(dryRun ? { dryRun: 'All' } : {}),
    ...(force ? { force: 'true' } : {}),
  })
}

function json(body: unknown): Pick<Sent, 'body' | 'headers'> & { readonly body: string } {
  return { body: JSON.stringify(body), headers: { 'content-type': JSON_TYPE } }
}

function namespaceOf({ metadata: { namespace } }: KubernetesObject): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace }
}

function title({
  kind,
  name,
  namespace,
}: {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

function objectIn(answer: Answer): LiveObject {
  // The API answers with the object itself.
  return jsonIn(answer) as LiveObject
}

// A proxy on the way may answer with a page of its own, such as one to log in at.
function jsonIn({ text }: Answer): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PolisError('INVALID_CONFIG', `The cluster answered with what is no JSON: ${text.trim().slice(0, 100)}`, {
      cause,
      details: { hint: 'Check the server of the kubeconfig: something on the way there answers in its place' },
    })
  }
}

// Warning: 299 - "unknown field \"spec.x\"", with what stands in quotes escaped (RFC 9110, 5.5).
function withWarnings(send: Send, onWarning: ((message: string) => void) | undefined): Send {
  if (onWarning === undefined) return send
  const told = new Set<string>()
  return async (sent) => {
    const answer = await send(sent)
    for (const [, quoted = ''] of String(answer.headers.warning ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      const message = quoted.replaceAll(/\\(.)/g, '$1')
      if (!told.has(message)) onWarning(message)
      told.add(message)
    }
    return answer
  }
}
