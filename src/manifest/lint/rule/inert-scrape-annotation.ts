import type { Rule } from '../rule.ts'

const ANNOTATION = /^prometheus\.io\//

export const inertScrapeAnnotation: Rule = {
  id: 'inert-scrape-annotation',
  severity: 'warning',
  title: 'Annotations ask for scrapes beside the Prometheus operator',
  explanation:
    'The operator scrapes what a PodMonitor or a ServiceMonitor selects, and never reads `prometheus.io/scrape`: the annotations look as if something were scraped. Make a monitor.',
  source: 'https://prometheus-operator.dev/docs/getting-started/introduction/',
  *check({ of, pods, subjects }) {
    const hasOperator = subjects.some(({ group }) => group === 'monitoring.coreos.com')
    if (!hasOperator) return
    const holders = [...pods.map((pod) => pod.template), ...of('Service', '').map((service) => service.root)]
    for (const holder of holders) {
      for (const [key, field] of holder.at('metadata', 'annotations').entries) {
        if (ANNOTATION.test(key)) yield { at: field, message: `Nothing reads '${key}'` }
      }
    }
  },
}
