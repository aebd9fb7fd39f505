import type { Pledge } from '../pledge.ts'

/** Who may talk is who was named. */
export const DEFAULT_DENY: Pledge = {
  id: 'default-deny',
  text: 'NetworkPolicies name whom they let through',
  regimes: 'every',
  missing: ({ spec }) => (spec.network.policies ? [] : ['deployment.network.policies: expected true, got false']),
  conditions: () => [
    {
      subject: 'network-policies',
      expression: 'object.spec.?ingress.orValue([]).all(r, r.?from.orValue([]).size() > 0)',
    },
    { subject: 'network-policies', expression: 'object.spec.?egress.orValue([]).all(r, r.?to.orValue([]).size() > 0)' },
  ],
}
