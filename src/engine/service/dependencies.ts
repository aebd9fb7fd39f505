import type { AgentInfo } from '../../core/agent.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Ids } from '../../core/id.ts'
import type { RunRecord } from '../../core/run.ts'
import type { Archive } from '../../store/archive.ts'
import type { SessionRecord } from '../../store/session.ts'
import type { Store } from '../../store/store.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { SYSTEM_AGENTS } from '../system-agent.ts'
import type { Worker } from '../worker/worker.ts'
import type { Caller } from './service.ts'

/** What the service needs from outside. */
export interface ServiceDependencies {
  readonly store: Store
  /** Where runs that left the store are listed; by default there are none. */
  readonly archive?: Pick<Archive, 'list'>
  readonly agents: () => readonly AgentInfo[]
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** A worker of this thread, which may take a run in the commit of its submit. */
  readonly worker?: Pick<Worker, 'id' | 'hasRoom' | 'take' | 'ending' | 'recall'>
}

/** The run's record; NOT_FOUND when the caller's tenant has no such run. */
export async function findRun({ store }: ServiceDependencies, { tenant }: Caller, run: string): Promise<RunRecord> {
  const record = await store.index.get(tenant, run)
  if (record === undefined)
    throw new PolisError('NOT_FOUND', `There is no run ${run}: it was removed, or belongs to another tenant`)
  return record
}

/** The session's record; NOT_FOUND when the tenant has none of that name. */
export async function findSession(
  { store }: Pick<ServiceDependencies, 'store'>,
  tenant: string,
  session: string,
): Promise<SessionRecord> {
  const record = await store.index.session(tenant, session)
  if (record === undefined) throw new PolisError('NOT_FOUND', `There is no session ${session}`)
  return record
}

/** The agent's row of the catalogue; UNKNOWN_AGENT otherwise. */
export function findAgent({ agents }: ServiceDependencies, name: string): AgentInfo {
  const found = [...agents(), ...SYSTEM_AGENTS].find((agent) => agent.name === name)
  if (found !== undefined) return found
  const names = agents().map((agent) => agent.name)
  throw new PolisError(
    'UNKNOWN_AGENT',
    `There is no agent ${JSON.stringify(name)}: this project has ${names.join(', ') || 'none'}`,
  )
}
