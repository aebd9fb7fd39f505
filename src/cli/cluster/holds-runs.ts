import type { Client, ReleaseView } from '../../client/index.ts'
import type { ClusterApi, ServiceRef } from '../../cluster/api.ts'
import type { HoldsRuns } from '../../cluster/prune.ts'
import { PolisError } from '../../core/error.ts'
import { hasEnded, RUN_STATUSES } from '../../core/run.ts'

/** How the API of a deployment is reached. */
export interface Reach {
  /** Else by way of the cluster's API. */
  readonly url: string | undefined
  readonly apiKey: string | undefined
  readonly api: ClusterApi
  readonly service: ServiceRef | undefined
}

/** Longest that the deployment is asked about a release, in milliseconds: nobody knows then. */
const LONGEST = 15_000

/** What a server says that has no count of releases. */
const OF_ONE_TENANT =
  "The deployment's server is of a version that counts no runs by release: only those of the API key's own tenant were looked for. Where the store has several tenants, use --keep-releases"

type Agents = Parameters<HoldsRuns>[0]

/** Asks the deployment itself whether runs of a release are left, of any tenant. What cannot be asked is not known. */
export function createHoldsRuns(reach: Reach): HoldsRuns {
  return async (agents, warn) => {
    const signal = AbortSignal.timeout(LONGEST)
    try {
      const client = await clientOf(reach)
      const counted = await countedReleases(client, signal)
      if (counted !== undefined) return counted.some(({ agent, release }) => agents[agent] === release)
      warn(OF_ONE_TENANT)
      return await areListed(client, agents, signal)
    } catch (reason) {
      // Whatever the reason is: whoever does not know removes nothing. A key that may not ask is easily mended.
      const { code, message } = PolisError.from(reason)
      if (code === 'FORBIDDEN') warn(`Whether old releases hold runs is not known: ${message}`)
      return undefined
    }
  }
}

/** Undefined where the server does not count them. */
async function countedReleases(client: Client, signal: AbortSignal): Promise<readonly ReleaseView[] | undefined> {
  try {
    return await client.releases.list({ signal })
  } catch (reason) {
    if (PolisError.from(reason).code !== 'NOT_FOUND') throw reason
    return undefined
  }
}

async function areListed(client: Client, agents: Agents, signal: AbortSignal): Promise<boolean> {
  const status = RUN_STATUSES.filter((each) => !hasEnded(each))
  const lists = Object.entries(agents).map(([agent, release]) =>
    client.runs.list({ agent, release, status, limit: 1 }, { signal }),
  )
  return (await Promise.all(lists)).some(({ items }) => items.length > 0)
}

/** A client of a deployment's API. Throws NOT_FOUND where it has no Service. */
export async function clientOf({ url, apiKey, api, service }: Reach): Promise<Client> {
  const { createClient } = await import('../../client/index.ts')
  const key = apiKey === undefined ? {} : { apiKey }
  if (url !== undefined) return createClient({ url, ...key })
  if (service === undefined)
    throw new PolisError('NOT_FOUND', 'The deployment has no Service for its API', { details: { hint: 'Give --url' } })
  return createClient({
    url: 'http://deployment',
    async fetch(target, init = {}) {
      const { pathname, search } = new URL(target)
      const headers = proxied(new Headers(init.headers), apiKey)
      const { method = 'GET', body, signal } = init
      const sent = { method, path: pathname + search, headers, ...(typeof body === 'string' ? { body } : {}) }
      return await api.proxy(service, signal instanceof AbortSignal ? { ...sent, signal } : sent)
    },
  })
}

// The cluster's API takes the usual header for itself.
function proxied(headers: Headers, apiKey: string | undefined): Readonly<Record<string, string>> {
  headers.delete('authorization')
  return { ...Object.fromEntries(headers), ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }) }
}
