import { z } from 'zod'
import { flag, labelTexts, options, whole } from './field.ts'

const METADATA = '169.254.169.254/32'

const port = whole(1, 65_535)
const cidr = z
  .union([z.cidrv4(), z.cidrv6()], { error: "expected addresses such as '10.0.0.0/8'" })
  .refine((text) => text !== METADATA, { error: "nobody may reach the metadata address of a cloud's machine" })
const pods = {
  namespace: labelTexts.default({}).describe('Labels of the namespace.'),
  pods: labelTexts.default({}).describe('Labels of the pods.'),
} as const

const hasLabels = ({ namespace, pods }: { readonly namespace: object; readonly pods: object }) =>
  Object.keys(namespace).length + Object.keys(pods).length > 0

/** Who may talk to whom. */
export const NETWORK = options({
  policies: flag.default(true).describe('Whether NetworkPolicies deny what the deployment does not need.'),
  callers: z
    .array(options(pods).refine(hasLabels, { error: 'expected labels of a namespace, of pods, or of both' }))
    .default([])
    .describe('Who may call the API, beside pods of the namespace itself.'),
  monitoring: labelTexts
    .default({ 'kubernetes.io/metadata.name': 'monitoring' })
    .describe('Labels of the namespace that scrapes metrics.'),
  egress: z
    .array(
      options({
        cidr: cidr.optional().describe('Where to; by default `0.0.0.0/0`, of which private addresses are left out.'),
        ...pods,
        ports: z.array(port).min(1, 'expected a port').default([443]).describe('On which ports of the pods or hosts.'),
      }).refine((to) => to.cidr === undefined || !hasLabels(to), {
        error: 'expected either a cidr or labels, not both',
      }),
    )
    .default([{ cidr: '0.0.0.0/0', namespace: {}, pods: {}, ports: [443] }])
    .describe('What agents may reach outside: by default HTTPS anywhere but private addresses.'),
})
