import type { Rule } from '../rule.ts'
import { isSame, isSelected } from '../world.ts'

export const monitorSelectsNothing: Rule = {
  id: 'monitor-selects-nothing',
  severity: 'error',
  title: 'A monitor finds nothing to scrape',
  explanation:
    'A PodMonitor or ServiceMonitor that selects nothing, or names a port that is not there, scrapes nothing: its metrics are absent, and alerts on them never fire.',
  source: 'https://prometheus-operator.dev/docs/developer/getting-started/#using-podmonitors',
  *check({ of, pods }) {
    for (const monitor of pods.length === 0 ? [] : of('PodMonitor')) {
      const selector = monitor.at('spec', 'selector')
      const found = pods.filter(
        (pod) =>
          (monitor.at('spec', 'namespaceSelector').exists || isSame(pod.namespace, monitor.namespace)) &&
          isSelected(pod.labels, selector),
      )
      if (found.length === 0) yield { at: selector, message: 'No pod here is selected' }
      for (const port of monitor.at('spec', 'podMetricsEndpoints').items.map((endpoint) => endpoint.at('port'))) {
        const isKnown = found.some(({ ports }) => ports.some(({ name }) => name === port.text))
        if (port.text !== undefined && found.length > 0 && !isKnown)
          yield { at: port, message: `No selected pod has a port named '${port.text}'` }
      }
    }
    const services = of('Service', '')
    for (const monitor of services.length === 0 ? [] : of('ServiceMonitor')) {
      const selector = monitor.at('spec', 'selector')
      const found = services.filter(
        (it) =>
          (monitor.at('spec', 'namespaceSelector').exists || isSame(it.namespace, monitor.namespace)) &&
          isSelected(it.labels, selector),
      )
      if (found.length === 0) yield { at: selector, message: 'No Service here is selected' }
      for (const port of monitor.at('spec', 'endpoints').items.map((endpoint) => endpoint.at('port'))) {
        const isKnown = found.some((it) =>
          it.at('spec', 'ports').items.some((each) => each.at('name').text === port.text),
        )
        if (port.text !== undefined && found.length > 0 && !isKnown)
          yield { at: port, message: `No selected Service has a port named '${port.text}'` }
      }
    }
  },
}
