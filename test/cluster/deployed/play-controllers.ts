import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '../api/client.ts'

/** Pods of every workload, as it is played. */
const PODS = 5

/** How workloads are played: by name, those whose pods never become ready. */
export interface Played extends AsyncDisposable {
  readonly sick: Set<string>
}

/**
 * Says of every Deployment and StatefulSet of a cluster that its pods are ready, as their controllers would, again and again.
 *
 * For a control plane without nodes: the real controllers must not run beside it.
 */
export function playControllers(client: Client): Played {
  const sick = new Set<string>()
  const stop = new AbortController()
  const playing = play(client, sick, stop.signal)
  return {
    sick,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await playing
    },
  }
}

async function play(client: Client, sick: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const plural of ['deployments', 'statefulsets']) {
      const { body } = await client.ask('GET', `/apis/apps/v1/${plural}`)
      for (const { metadata, status } of body.items) {
        const next = sick.has(metadata.name) ? timedOut(metadata) : ready(metadata)
        if (status?.observedGeneration === metadata.generation && status?.replicas === PODS) continue
        const path = `/apis/apps/v1/namespaces/${metadata.namespace}/${plural}/${metadata.name}/status`
        await client.ask('PATCH', path, { body: { status: next }, contentType: 'application/merge-patch+json' })
      }
    }
    await wait(100, undefined, { signal }).catch(() => {})
  }
}

interface Meta {
  readonly generation: number
  readonly creationTimestamp: string
}

function ready({ generation }: Meta): unknown {
  const counts = { replicas: PODS, updatedReplicas: PODS, readyReplicas: PODS, availableReplicas: PODS }
  return { observedGeneration: generation, ...counts, currentRevision: 'one', updateRevision: 'one' }
}

function timedOut({ generation, creationTimestamp }: Meta): unknown {
  const condition = (type: string, reason: string) => ({
    ...{ type, status: 'False', reason, message: 'as the test plays it' },
    ...{ lastTransitionTime: creationTimestamp, lastUpdateTime: creationTimestamp },
  })
  const conditions = [
    condition('Available', 'MinimumReplicasUnavailable'),
    condition('Progressing', 'ProgressDeadlineExceeded'),
  ]
  return {
    observedGeneration: generation,
    replicas: PODS,
    updatedReplicas: PODS,
    unavailableReplicas: PODS,
    conditions,
  }
}
