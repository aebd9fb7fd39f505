import { z } from 'zod'
import { flag, options, text, texts, whole } from './field.ts'

const port = whole(1, 65_535)

/** Who may talk to whom. */
export const NETWORK = options({
  policies: flag.default(true).describe('Whether NetworkPolicies deny what the deployment does not need.'),
  callers: z
    .array(
      options({
        namespace: texts.default({}).describe('Labels of the namespace.'),
        pods: texts.default({}).describe('Labels of the pods.'),
      }),
    )
    .default([])
    .describe('Who may call the API, beside pods of the namespace itself.'),
  monitoring: texts
    .default({ 'kubernetes.io/metadata.name': 'monitoring' })
    .describe('Labels of the namespace that scrapes metrics.'),
  egress: z
    .array(
      options({
        cidr: text.default('0.0.0.0/0').describe('Where to.'),
        ports: z.array(port).default([443]).describe('On which ports.'),
      }),
    )
    .default([{ cidr: '0.0.0.0/0', ports: [443] }])
    .describe('What agents may reach outside: by default HTTPS anywhere but private addresses.'),
})
