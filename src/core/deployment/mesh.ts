import { z } from 'zod'
import { duration, flag, objectName, options, text, whole } from './field.ts'

const SHARED = {
  hosts: z.array(text).default([]).describe('Hosts that the API is reached by from outside.'),
  gateway: text.optional().describe('Gateway that traffic from outside comes through, `namespace/name`.'),
  timeout: duration.default('30s').describe('Longest that a request may take; streams of events have none.'),
  attempts: whole(0, 10).default(2).describe('Further attempts of requests that may be repeated.'),
  ejection: options({
    errors: whole(1, 100).default(5).describe('Server errors in a row after which a pod gets no requests.'),
    interval: duration.default('10s').describe('How often pods are looked at.'),
    time: duration.default('30s').describe('How long one gets none, the first time.'),
    most: whole(1, 100).default(50).describe('Percentage of pods that may be without.'),
  })
    .prefault({})
    .describe('When a pod that fails gets no requests (outlier detection).'),
  callers: z
    .array(text)
    .default([])
    .describe(
      'Workloads that may call the API, as principals (`cluster.local/ns/shop/sa/web`); the gateway may always.',
    ),
  chaos: options({
    until: z.iso.datetime({ error: 'expected a time such as 2026-12-01T12:00:00Z' }).describe('When the faults end.'),
    delay: options({ percent: whole(1, 100), time: duration })
      .optional()
      .describe('Requests that are delayed.'),
    abort: options({ percent: whole(1, 100), status: whole(400, 599) })
      .optional()
      .describe('Requests that are refused.'),
  })
    .optional()
    .describe('Faults for a test, as an overlay with an end; refused in an environment called production.'),
} as const

/** The service mesh (Istio). */
export const MESH = z.discriminatedUnion(
  'kind',
  [
    options({ kind: z.literal('none').describe('No mesh.') }),
    options({ kind: z.literal('ambient').describe('Istio ambient: a waypoint and HTTPRoutes.'), ...SHARED }),
    options({
      kind: z.literal('sidecar').describe('Istio sidecars: VirtualServices.'),
      ...SHARED,
      revision: objectName
        .optional()
        .describe('Revision label of the control plane; by default `istio-injection: enabled`.'),
      localityFailover: flag
        .default(true)
        .describe('Whether callers prefer pods near them, and go elsewhere when these fail.'),
    }),
  ],
  { error: "expected kind to be 'none', 'ambient' or 'sidecar'" },
)
