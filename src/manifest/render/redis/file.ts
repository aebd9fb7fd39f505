import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IConfigMap } from 'kubernetes-models/v1'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { redisConfiguration, sentinelConfiguration } from './configuration.ts'
import type { Parts } from './part.ts'
import { usersOf } from './user.ts'

const SCRIPTS = [
  'common',
  'make-hosts',
  'start-redis',
  'start-sentinel',
  'stop-redis',
  'probe-redis',
  'probe-sentinel',
] as const

/** The ConfigMap with what the containers of Redis and Sentinel execute and are configured by; nothing in it is secret. */
export function renderFiles(plan: Plan, parts: Parts): KubernetesObject {
  return typed<IConfigMap>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: parts.files, namespace: plan.namespace, labels: { 'app.kubernetes.io/component': 'redis' } },
    data: { ...filesOf(plan, parts) },
  })
}

/** By name, the texts of those files. */
export function filesOf(plan: Plan, parts: Parts): Readonly<Record<string, string>> {
  const users = usersOf(plan)
  const text = (lines: readonly string[]) => `${lines.join('\n')}\n`
  return {
    'redis.conf': text(redisConfiguration(plan, parts)),
    'redis-users': text(users.redis),
    'sentinel.conf': text(sentinelConfiguration(parts)),
    'sentinel-users': text(users.sentinel),
    ...Object.fromEntries(SCRIPTS.map((script) => [`${script}.sh`, readScript(script)])),
  }
}

/** What pods are annotated with, so that other files make other pods. */
export function filesHash(plan: Plan, parts: Parts): string {
  return createHash('sha256')
    .update(JSON.stringify(filesOf(plan, parts)))
    .digest('hex')
    .slice(0, 16)
}

function readScript(name: string): string {
  return readFileSync(new URL(`script/${name}.sh`, import.meta.url), 'utf8')
}
