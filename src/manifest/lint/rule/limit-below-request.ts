import type { Rule } from '../rule.ts'
import { amountOf } from '../world/amount.ts'

export const limitBelowRequest: Rule = {
  id: 'limit-below-request',
  severity: 'error',
  title: 'A container may have less than it asks for, or an amount that is none',
  explanation:
    'The API server refuses a request above its limit, amounts that it cannot read, and extended resources such as GPUs whose request and limit differ or that have no limit.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  *check({ pods }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      const [requests, limits] = [container.at('resources', 'requests'), container.at('resources', 'limits')]
      for (const [name, field] of [...requests.entries, ...limits.entries]) {
        if (amountOf(field.value) === undefined)
          yield { at: field, message: `'${field.value}' is no amount of ${name}` }
      }
      for (const [name, field] of requests.entries) {
        const [request, limit] = [amountOf(field.value), amountOf(limits.at(name).value)]
        if (request !== undefined && limit !== undefined && request > limit) {
          yield { at: field, message: `It asks for ${field.value} and may have ${limits.at(name).value}` }
        } else if (name.includes('/') && request !== limit) {
          yield { at: field, message: `The limit of ${name} must be the same` }
        }
      }
    }
  },
}
