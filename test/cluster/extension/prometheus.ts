import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { type ServerProcess, startServerProcess } from '../../redis/server/server-process.ts'
import { applyObject, complaintsOf } from '../api/apply.ts'
import { createFindResource } from '../api/resource.ts'
import { until } from '../api/until.ts'
import type { Machines } from '../node/start-machines.ts'
import { writePods } from './discovery.ts'
import { scrapeConfiguration } from './scrape.ts'

/** A Prometheus beside the control plane. Pods know it as http://prometheus.monitoring.svc:9090. */
export interface Prometheus extends AsyncDisposable {
  /** Scrapes what a PodMonitor selects; without one nothing, and it has forgotten all from before. */
  start(monitor?: IPodMonitor): Promise<void>
  /** It is gone from one moment to the next; what it has stored stays. */
  stop(): Promise<void>
  /** The value of a query of one series; undefined where it has none. */
  value(query: string): Promise<number | undefined>
}

const PORT = 9090

/** Makes its Service, behind which it may come and go. */
export async function makePrometheus(machines: Machines): Promise<Prometheus> {
  const { plane, enter } = machines
  const [folder, address] = [join(plane.place.folder, 'prometheus'), plane.place.address]
  mkdirSync(folder)
  await makeService(machines, address)
  const url = `http://${address}:${PORT}`
  const pods = join(folder, 'pods.json')
  let running: ServerProcess | undefined
  let watching = new AbortController()
  let watched: Promise<void> | undefined
  const stop = async () => {
    watching.abort()
    running?.signal('SIGKILL')
    await running?.ended
    await watched
    running = undefined
  }
  return {
    ...{ stop, [Symbol.asyncDispose]: stop },
    async start(monitor) {
      await stop()
      watching = new AbortController()
      // A sample counts for five minutes, unless it was seen that nothing follows it.
      if (monitor === undefined) rmSync(join(folder, 'data'), { recursive: true, force: true })
      const namespace = monitor?.metadata?.namespace
      if (namespace !== undefined) watched = writePods(machines.client, namespace, pods, watching.signal)
      const configuration = monitor === undefined ? {} : scrapeConfiguration(monitor, pods)
      // YAML reads JSON.
      writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration))
      const [command = '', ...args] = [...enter, 'prometheus', ...prometheusArguments(folder, address)]
      running = startServerProcess(command, args, folder)
      await until('Prometheus is ready', async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined))
    },
    async value(query) {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
      // What it answers with is written down in its documentation.
      const { data } = (await response.json()) as { readonly data: { readonly result: readonly Sample[] } }
      const [sample, ...more] = data.result
      if (more.length > 0) throw new Error(`${query} has ${more.length + 1} series`)
      return sample === undefined ? undefined : Number(sample.value[1])
    },
  }
}

interface Sample {
  readonly value: readonly [time: number, value: string]
}

function prometheusArguments(folder: string, address: string): readonly string[] {
  return [
    ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
    ...[`--web.listen-address=${address}:${PORT}`, '--log.level=warn'],
  ]
}

// A Service without a selector, and by hand what is behind it: a process in no pod.
async function makeService({ client }: Machines, address: string): Promise<void> {
  const namespace = 'monitoring'
  const ports = [{ name: 'web', port: PORT, protocol: 'TCP' }]
  const metadata = { name: 'prometheus', namespace }
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'prometheus' } },
      ...{ addressType: 'IPv4', ports, endpoints: [{ addresses: [address] }] },
    },
  ]
  const find = createFindResource(client)
  for (const object of objects) {
    const complaints = complaintsOf([await applyObject(client, find, object)])
    if (complaints.length > 0) throw new Error(complaints.join('\n'))
  }
}
