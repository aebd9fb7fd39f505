import type { Subject } from '../field.ts'
import type { Finding, Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

export const monitorSelectsNothing: Rule = {
  id: 'monitor-selects-nothing',
  severity: 'error',
  title: 'A monitor finds nothing to scrape',
  explanation:
    'A PodMonitor or ServiceMonitor that selects nothing, or names a port that is not there, scrapes nothing: its metrics are absent, and alerts on them never fire.',
  source: 'https://prometheus-operator.dev/docs/developer/getting-started/#using-podmonitors',
  *check({ of, pods }) {
    const targets = pods.map(({ namespace, labels, ports }) => ({
      namespace,
      labels,
      ports: ports.map(({ name }) => name),
    }))
    yield* faultsOf(of('PodMonitor'), 'podMetricsEndpoints', 'pod', targets)
    const services = of('Service', '').map((service) => ({
      ...{ namespace: service.namespace, labels: service.labels },
      ports: service.at('spec', 'ports').items.map((port) => port.at('name').text),
    }))
    yield* faultsOf(of('ServiceMonitor'), 'endpoints', 'Service', services)
  },
}

/** What a monitor may select. */
interface Target {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Names of its ports. */
  readonly ports: readonly (string | undefined)[]
}

function* faultsOf(
  monitors: readonly Subject[],
  endpoints: string,
  what: string,
  targets: readonly Target[],
): Generator<Finding> {
  // Where none is here, they are elsewhere.
  for (const monitor of targets.length === 0 ? [] : monitors) {
    const selector = monitor.at('spec', 'selector')
    const isAnywhere = monitor.at('spec', 'namespaceSelector').exists
    const found = targets.filter(
      ({ namespace, labels }) => (isAnywhere || isSame(namespace, monitor.namespace)) && isSelected(labels, selector),
    )
    if (found.length === 0) yield { at: selector, message: `No ${what} here is selected` }
    for (const port of monitor.at('spec', endpoints).items.map((endpoint) => endpoint.at('port'))) {
      const isKnown = found.some(({ ports }) => ports.includes(port.text))
      if (port.text !== undefined && found.length > 0 && !isKnown)
        yield { at: port, message: `No selected ${what} has a port named '${port.text}'` }
    }
  }
}
