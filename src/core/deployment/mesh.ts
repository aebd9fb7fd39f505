import { z } from 'zod'
import { duration, flag, objectName, options, whole } from './field.ts'

const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const GATEWAY = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/
const PRINCIPAL = /^[\w.-]+\/ns\/[a-z0-9-]+\/sa\/[a-z0-9.-]+$/

const hostName = z
  .string({ error: 'expected a host name' })
  .regex(HOST, 'expected a host name such as desk.example.com')
const principal = z
  .string({ error: 'expected a principal' })
  .regex(PRINCIPAL, 'expected a principal such as cluster.local/ns/shop/sa/web')
// Neither Istio nor the Gateway API takes none, or more than five digits.
const time = duration.refine((text) => /[1-9]/.test(text) && !/\d{6}/.test(text), {
  error: "expected a time above none, such as '30s'",
})

const SHARED = {
  hosts: z.array(hostName).default([]).describe('Hosts that the API is reached by from outside.'),
  gateway: z
    .string({ error: 'expected a text' })
    .regex(GATEWAY, "expected 'namespace/name'")
    .optional()
    .describe('Gateway that traffic from outside comes through, `namespace/name`.'),
  controlPlane: objectName.default('istio-system').describe('Namespace of the control plane.'),
  timeout: time.default('30s').describe('Longest that a request may take; streams of events have no limit.'),
  attempts: whole(0, 10).default(2).describe('Further attempts of requests that may be repeated.'),
  ejection: options({
    errors: whole(1, 100).default(5).describe('Server errors in a row after which a pod gets no requests.'),
    interval: time.default('10s').describe('How often pods are looked at.'),
    time: time.default('30s').describe('How long one gets none, the first time.'),
    most: whole(1, 100).default(50).describe('Percentage of pods that may be without.'),
  })
    .prefault({})
    .describe('When a pod that fails gets no requests (outlier detection).'),
  callers: z
    .array(principal)
    .default([])
    .describe(
      'Workloads that may call the API, as principals (`cluster.local/ns/shop/sa/web`); the gateway may always.',
    ),
} as const

const CHAOS = options({
  until: z.iso.datetime({ error: 'expected a time such as 2026-12-01T12:00:00Z' }).describe('When the faults end.'),
  delay: options({ percent: whole(1, 100), time })
    .optional()
    .describe('Requests that are delayed.'),
  abort: options({ percent: whole(1, 100), status: whole(400, 599) })
    .optional()
    .describe('Requests that are refused.'),
}).refine(({ delay, abort }) => delay !== undefined || abort !== undefined, { error: 'expected a delay or an abort' })

const AMBIENT = options({
  kind: z.literal('ambient').describe('Istio ambient: a waypoint and HTTPRoutes.'),
  ...SHARED,
  gatewayPrincipal: principal
    .optional()
    .describe('Principal of the gateway; by default that of a Gateway that Istio runs, `…/sa/<name>-istio`.'),
  plainMetrics: flag
    .default(false)
    .describe('Whether metrics may be read without mutual TLS, by a Prometheus outside the mesh.'),
  routeRetries: flag
    .default(false)
    .describe(
      'Whether HTTPRoutes may say `retry`: Gateway API 1.7, or its experimental channel before. Without it `attempts` does nothing, and what never reached a pod is sent again as Istio does by itself.',
    ),
  chaos: z
    .undefined({ error: 'HTTPRoutes know no faults: test with them in an environment whose mesh is a sidecar' })
    .optional(),
})

const SIDECAR = options({
  kind: z.literal('sidecar').describe('Istio sidecars: VirtualServices.'),
  ...SHARED,
  gatewayPrincipal: principal
    .optional()
    .describe('Principal of the pods of the gateway, such as `cluster.local/ns/istio-ingress/sa/istio-ingress`.'),
  plainMetrics: flag
    .default(true)
    .describe('Whether metrics may be read without mutual TLS: a Prometheus that asks pods has no certificate for it.'),
  revision: objectName
    .optional()
    .describe('Revision label of the control plane; by default `istio-injection: enabled`.'),
  localityFailover: flag
    .default(true)
    .describe('Whether callers prefer pods near them, and go elsewhere when these fail.'),
  chaos: CHAOS.optional().describe(
    'Faults for a test, as an overlay with an end (`polis render --chaos`); refused in an environment called production.',
  ),
}).refine(({ gateway, gatewayPrincipal }) => gateway === undefined || gatewayPrincipal !== undefined, {
  path: ['gatewayPrincipal'],
  error: "expected the principal of the gateway's pods, since a gateway is given and nothing says who runs it",
})

/** The service mesh (Istio). */
export const MESH = z.discriminatedUnion(
  'kind',
  [options({ kind: z.literal('none').describe('No mesh.') }), AMBIENT, SIDECAR],
  { error: "expected kind to be 'none', 'ambient' or 'sidecar'" },
)
