import { z } from 'zod'
import { flag, objectName, options, quantity, text, whole } from './field.ts'

const TLS = options({
  enabled: flag.default(false).describe('Whether Redis speaks TLS; its certificate comes from `secretName`.'),
  secretName: objectName
    .optional()
    .describe('Secret (kubernetes.io/tls, with `ca.crt`) of its certificate; by default `<deployment>-redis-tls`.'),
})

const MANAGED = options({
  kind: z.literal('managed').describe('A primary, its replicas and Sentinels, made with the deployment.'),
  image: text.default('redis:8.0').describe('Image of Redis, or of Valkey.'),
  replicas: whole(1, 9).default(3).describe('Redis servers: one is the primary.'),
  sentinels: whole(1, 9)
    .default(3)
    .describe(
      'Sentinels, which choose another primary when it is lost; of an even number as many may be lost as of one less.',
    ),
  memory: quantity.default('1Gi').describe('Memory of each server; Redis may use three quarters of it for data.'),
  cpu: quantity.default('250m').describe('CPU that each server asks for.'),
  storage: quantity.default('10Gi').describe('Volume of each server.'),
  storageClass: objectName.optional().describe('StorageClass of the volumes; by default that of the cluster.'),
  tls: TLS.prefault({}).describe('TLS between Redis and everyone.'),
  backup: options({
    enabled: flag.default(true).describe('Whether the store is exported regularly.'),
    schedule: text.default('17 */6 * * *').describe('When, as cron.'),
    keep: whole(1, 1000).default(8).describe('Exports that are kept.'),
    storage: quantity.default('20Gi').describe('Volume of the exports.'),
  })
    .prefault({})
    .describe('Regular exports of the store (`polis store export`).'),
})

const EXTERNAL = options({
  kind: z.literal('external').describe('A Redis that others run: `settings` say where it is.'),
  cidrs: z.array(text).default([]).describe('Where it is, for the NetworkPolicy; by default anywhere on its port.'),
})

/** The Redis that runs are kept in. */
export const REDIS = z.discriminatedUnion('kind', [MANAGED, EXTERNAL], {
  error: "expected kind to be 'managed' or 'external'",
})
