import type { Rule } from '../rule.ts'

const PRODUCTION = /^(production|prod|prd|live)$/

export const faultInProduction: Rule = {
  id: 'fault-in-production',
  severity: 'error',
  title: 'Faults are injected where nothing says that it is a test',
  explanation:
    'A delay or an abort that a test left behind makes requests of users fail. Faults belong into an overlay with an end, `agentpolis.dev/until` in its annotations, and never into production.',
  source: 'https://istio.io/latest/docs/tasks/traffic-management/fault-injection/',
  *check({ of, now }) {
    for (const service of of('VirtualService')) {
      const until = Date.parse(service.annotations['agentpolis.dev/until'] ?? '')
      const words = [service.labels.environment ?? '', ...service.namespace.split('-')]
      const isProduction = words.some((word) => PRODUCTION.test(word))
      for (const fault of service.at('spec', 'http').items.map((route) => route.at('fault'))) {
        if (!fault.exists) continue
        if (isProduction) yield { at: fault, message: 'Faults are injected in production' }
        else if (Number.isNaN(until)) yield { at: fault, message: 'Nothing says when the faults end' }
        else if (until < now.getTime())
          yield { at: fault, message: `The faults were to end at ${new Date(until).toISOString()}` }
      }
    }
  },
}
