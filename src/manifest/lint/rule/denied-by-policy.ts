import type { Rule } from '../rule.ts'
import { denialsIn } from '../world/admission.ts'

export const deniedByPolicy: Rule = {
  id: 'denied-by-policy',
  severity: 'error',
  title: 'An admission policy that is here denies an object that is here',
  explanation:
    'A ValidatingAdmissionPolicy with a binding that denies is asked of every object that it matches, and the API server refuses those that break it. Conditions that need what only a cluster knows, such as who asks or an object that is not here, are not looked at; neither are pods that workloads make.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  *check(world) {
    for (const { subject, policy, message } of denialsIn(world)) {
      yield { at: subject.at('kind'), message: `ValidatingAdmissionPolicy '${policy}': ${message}` }
    }
  },
}
