import { renameSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '../api/client.ts'

/** What may be scraped, as Prometheus reads it from a file. */
interface Target {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** A pod, as far as it is told to Prometheus. */
interface Pod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly containers: readonly {
      readonly name: string
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[]
    }[]
  }
  readonly status: { readonly phase: string; readonly podIP?: string }
}

/**
 * Keeps a file with the pods of a namespace, under the labels that Prometheus itself gives to what it finds in Kubernetes (role `pod`):
 * Debian's is built without that. Ends with the signal.
 */
export async function writePods(client: Client, namespace: string, file: string, signal: AbortSignal): Promise<void> {
  let known = ''
  while (!signal.aborted) {
    const { body } = await client.ask('GET', `/api/v1/namespaces/${namespace}/pods`)
    const pods: readonly Pod[] = body.items ?? []
    const text = JSON.stringify(pods.flatMap(targetsOf))
    // Prometheus reads it as soon as another one has its name.
    if (text !== known) {
      writeFileSync(`${file}.part`, text)
      renameSync(`${file}.part`, file)
    }
    known = text
    await wait(500, undefined, { signal }).catch(() => undefined)
  }
}

/** Each port of each container is one. */
function targetsOf({ metadata, spec, status }: Pod): readonly Target[] {
  const { podIP, phase } = status
  if (podIP === undefined) return []
  const labels = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => [
    [podLabel('label', label), value],
    [podLabel('labelpresent', label), 'true'],
  ])
  const pod = {
    __meta_kubernetes_namespace: metadata.namespace,
    ...{ [meta('name')]: metadata.name, [meta('ip')]: podIP, [meta('phase')]: phase },
    ...Object.fromEntries(labels),
  }
  return spec.containers.flatMap(({ name, ports = [] }) =>
    ports.map((port) => ({
      targets: [`${podIP}:${port.containerPort}`],
      labels: { ...pod, [meta('container_name')]: name, [meta('container_port_name')]: port.name ?? '' },
    })),
  )
}

/** The name of what Prometheus knows of a pod. */
export const meta = (name: string): string => `__meta_kubernetes_pod_${name}`

/** Of one of its labels. */
export const podLabel = (kind: 'label' | 'labelpresent', label: string): string =>
  meta(`${kind}_${label.replace(/[^a-zA-Z0-9_]/g, '_')}`)
