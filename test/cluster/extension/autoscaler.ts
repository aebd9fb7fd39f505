import { open } from 'node:fs/promises'
import { until } from '../api/until.ts'
import type { Machines } from '../node/start-machines.ts'

/** What the autoscaler of a namespace says and does, as the API server knows it. */
export interface Autoscaler {
  /** Replicas that its Deployment is to have. */
  replicas(): Promise<number>
  /** Pods of it that are ready. */
  ready(): Promise<number>
  status(): Promise<AutoscalerStatus>
  /** Resolves when it has looked at its Deployment so many times more, and answers the replicas that it left each time. */
  looks(count: number): Promise<readonly number[]>
}

/** The status of a HorizontalPodAutoscaler, as far as tests read it. */
export interface AutoscalerStatus {
  readonly desiredReplicas: number
  readonly currentMetrics?: readonly CurrentMetric[]
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[]
}

interface CurrentMetric {
  readonly external?: {
    readonly metric: { readonly name: string }
    readonly current: { readonly value?: string; readonly averageValue?: string }
  }
  readonly containerResource?: {
    readonly name: string
    readonly current: { readonly averageUtilization?: number }
  }
}

/** Waits until a namespace has an autoscaler, and observes it. */
export async function observeAutoscaler({ plane, client }: Machines, namespace: string): Promise<Autoscaler> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`
  const { metadata, spec } = await until('there is an autoscaler', async () => {
    return (await client.ask('GET', path)).body.items?.[0]
  })
  const target = `/apis/apps/v1/namespaces/${namespace}/deployments/${spec.scaleTargetRef.name}`
  const deployment = async () => (await client.ask('GET', target)).body
  const count = looksIn(plane.audit, `${target}/scale`)
  const replicas = async (): Promise<number> => (await deployment()).spec.replicas
  return {
    replicas,
    ready: async () => (await deployment()).status.readyReplicas ?? 0,
    status: async () => {
      const { body } = await client.ask('GET', `${path}/${metadata.name}`)
      return { desiredReplicas: 0, conditions: [], ...body.status }
    },
    async looks(more) {
      const left: number[] = []
      const end = (await count()) + more
      await until(`the autoscaler has looked ${more} times more`, async () => {
        left.push(await replicas())
        return (await count()) >= end ? true : undefined
      })
      return left
    },
  }
}

// Every look begins with the scale of what it scales. Only what was written since the last time is read.
function looksIn(audit: string, path: string): () => Promise<number> {
  let [position, rest, found] = [0, '', 0]
  return async () => {
    await using file = await open(audit)
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - position), 0, size - position, position)
    position += bytesRead
    const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
    rest = lines.pop() ?? ''
    found += lines.filter((line) => isLook(line, path)).length
    return found
  }
}

function isLook(line: string, path: string): boolean {
  if (!line.includes('horizontal-pod-autoscaler') || !line.includes(path)) return false
  const { stage, verb, requestURI } = JSON.parse(line) as Readonly<Record<'stage' | 'verb' | 'requestURI', string>>
  return stage === 'ResponseComplete' && verb === 'get' && requestURI.startsWith(path)
}
