import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { meta, podLabel } from './discovery.ts'

type Relabeling = Readonly<Record<string, unknown>>

/**
 * The configuration by which Prometheus scrapes what a PodMonitor selects among the pods that a file tells of.
 *
 * The rules and their order are those of the Prometheus operator (v0.85, `generatePodMonitorConfig`): the labels that it gives to a target
 * win over those of the same name that the pod reports, unless the monitor says otherwise, and its own relabelings come last.
 */
export function scrapeConfiguration({ metadata, spec }: IPodMonitor, file: string): unknown {
  const { name, namespace } = metadata ?? {}
  const jobs = (spec.podMetricsEndpoints ?? []).map((endpoint, index) => ({
    job_name: `podMonitor/${namespace}/${name}/${index}`,
    honor_labels: endpoint.honorLabels ?? false,
    ...{ scrape_interval: endpoint.interval, metrics_path: endpoint.path },
    file_sd_configs: [{ files: [file] }],
    relabel_configs: [
      { action: 'drop', source_labels: [meta('phase')], regex: '(Failed|Succeeded)' },
      ...selected(spec.selector),
      { action: 'keep', source_labels: [meta('container_port_name')], regex: endpoint.port },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: [meta('container_name')], target_label: 'container' },
      { source_labels: [meta('name')], target_label: 'pod' },
      { target_label: 'job', replacement: `${namespace}/${name}` },
      { target_label: 'endpoint', replacement: endpoint.port },
      ...(endpoint.relabelings ?? []).map(ownRelabeling),
    ],
  }))
  return { scrape_configs: jobs }
}

function selected({ matchLabels = {}, matchExpressions = [] }: IPodMonitor['spec']['selector']): Relabeling[] {
  const keep = (label: string, values: readonly string[]): Relabeling => ({
    action: 'keep',
    source_labels: [podLabel('label', label), podLabel('labelpresent', label)],
    regex: `(${values.join('|')});true`,
  })
  return [
    ...Object.entries(matchLabels).map(([label, value]) => keep(label, [value])),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator !== 'In')
        throw new Error(`a PodMonitor selects ${key} by ${operator}, which is not told to Prometheus here`)
      return keep(key, values)
    }),
  ]
}

/** Custom resources have camel case where Prometheus has underscores. */
function ownRelabeling(relabeling: object): Relabeling {
  const renamed = Object.entries(relabeling).map(([key, value]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ])
  return Object.fromEntries(renamed)
}
