import type { Rule } from '../rule.ts'

export const unknownTriggerAuthentication: Rule = {
  id: 'unknown-trigger-authentication',
  severity: 'error',
  title: 'A KEDA trigger names an authentication that is nowhere',
  explanation: 'The trigger fails, and the ScaledObject with it: nothing is scaled.',
  source: 'https://keda.sh/docs/latest/concepts/authentication/',
  *check({ of, exists }) {
    for (const scaler of [...of('ScaledObject'), ...of('ScaledJob')]) {
      for (const trigger of scaler.at('spec', 'triggers').items) {
        const name = trigger.at('authenticationRef', 'name')
        const kind = trigger.at('authenticationRef', 'kind').text ?? 'TriggerAuthentication'
        if (name.text === undefined || exists(kind, scaler.namespace, name.text)) continue
        yield { at: name, message: `There is no ${kind} '${name.text}'` }
      }
    }
  },
}
