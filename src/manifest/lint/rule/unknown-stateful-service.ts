import type { Rule } from '../rule.ts'

export const unknownStatefulService: Rule = {
  id: 'unknown-stateful-service',
  severity: 'error',
  title: 'A StatefulSet is governed by no headless Service',
  explanation:
    'The names of its pods, `pod-0.service`, are made by the headless Service that `serviceName` names: without it they resolve to nothing, and members of a cluster do not find each other.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
  *check({ of, find, providedOf }) {
    for (const set of of('StatefulSet')) {
      const field = set.at('spec', 'serviceName')
      const name = field.text ?? ''
      if (name === '' || providedOf('Service', set.namespace, name)) continue
      const service = find('Service', set.namespace, name)
      if (service === undefined) yield { at: field, message: `There is no Service '${name}'` }
      else if (service.at('spec', 'clusterIP').text !== 'None') {
        yield {
          at: service.at('spec', 'clusterIP'),
          message: `StatefulSet '${set.name}' needs Service '${name}' to be headless: 'clusterIP: None'`,
        }
      }
    }
  },
}
