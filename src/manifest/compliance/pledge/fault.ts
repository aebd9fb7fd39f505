import type { Pledge } from '../pledge.ts'

/** Nobody makes requests fail on purpose. */
export const NO_FAULTS: Pledge = {
  id: 'no-faults',
  text: 'no faults are put into requests',
  regimes: 'every',
  missing: ({ spec }) =>
    spec.mesh.kind === 'none' || spec.mesh.chaos === undefined
      ? []
      : ['deployment.mesh.chaos: expected none: test with faults in an environment without such labels'],
  conditions: ({ spec }) =>
    spec.mesh.kind === 'none'
      ? []
      : [
          { subject: 'virtual-services', expression: 'object.?spec.?http.orValue([]).all(r, !has(r.fault))' },
          {
            subject: 'envoy-filters',
            expression:
              "object.?spec.?configPatches.orValue([]).all(p, !p.?patch.?value.?typed_config[?'@type'].orValue('').contains('filters.http.fault'))",
          },
        ],
}
