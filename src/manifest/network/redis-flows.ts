import type { Component } from '../component.ts'
import { componentOf } from '../component.ts'
import type { Plan } from '../plan.ts'
import { allAddresses } from './address.ts'
import { component, type Flow, type Peer, tcp } from './flow.ts'

/** Who talks to Redis: its own servers and Sentinels among themselves, agents and the backup; or agents to one that others run. */
export function redisFlows(plan: Plan): readonly Flow[] {
  const agents = plan.roles.map(componentOf)
  if (plan.redis.kind === 'external') return externalFlows(plan, agents)
  const { port, sentinelPort } = plan.redis
  const hasBackup = plan.spec.redis.kind === 'managed' && plan.spec.redis.backup.enabled
  const backup: readonly Component[] = hasBackup ? ['backup'] : []
  const own: readonly Component[] = ['redis', 'redis-sentinel']
  const to = (target: Component, ports: number, names: readonly Component[], why: string): readonly Flow[] =>
    names.map((from) => ({ from: component(from), to: component(target), ports: tcp(ports), why }))
  return [
    ...to('redis', port, agents, 'runs are kept'),
    ...to('redis-sentinel', sentinelPort, agents, 'the primary is found'),
    ...to('redis', port, own, 'data is replicated, and the primary watched'),
    ...to('redis-sentinel', sentinelPort, own, 'the primary is agreed on'),
    ...to('redis', port, backup, 'the store is exported'),
    ...to('redis-sentinel', sentinelPort, backup, 'the primary is found'),
  ]
}

function externalFlows({ spec, redis, settings }: Plan, agents: readonly Component[]): readonly Flow[] {
  const cidrs = spec.redis.kind === 'external' ? spec.redis.cidrs : []
  const others = [...settings['redis.sentinels'], ...settings['redis.cluster.nodes']].map(portOf)
  const ports = tcp(redis.port, ...others.filter((port) => port !== undefined))
  const targets: readonly Peer[] = (cidrs.length > 0 ? cidrs : ['0.0.0.0/0']).map((cidr) =>
    allAddresses('Redis outside', cidr),
  )
  return agents.flatMap((from) => targets.map((to) => ({ from: component(from), to, ports, why: 'runs are kept' })))
}

function portOf(address: string): number | undefined {
  const [, port] = /:(\d+)$/.exec(address) ?? []
  return port === undefined ? undefined : Number(port)
}
