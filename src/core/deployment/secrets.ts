import { z } from 'zod'
import { duration, objectName, options, text } from './field.ts'
import { secretFaults } from './secret-fault.ts'

const VALUE = z.union([z.literal(true), text], { error: 'expected true or a text' })

const keys = (about: string) =>
  z.record(z.string(), VALUE, { error: 'expected an object of keys by name' }).default({}).describe(about)

/**
 * Where secrets come from. No value is ever in a manifest: one is read by the External Secrets operator, was sealed, or stands in a Secret
 * that somebody else makes.
 *
 * A purpose has a Secret of its own, `<deployment>-<purpose>`. Its values are, by provider: the path in the store, with `#property` where
 * one of several is meant (`external-secrets`); the sealed text (`sealed-secrets`); `true` (`reference`).
 */
export const SECRETS = options({
  provider: z
    .enum(['reference', 'external-secrets', 'sealed-secrets'], {
      error: "expected 'reference', 'external-secrets' or 'sealed-secrets'",
    })
    .default('reference')
    .describe('Who makes the Secrets.'),
  store: options({
    name: objectName.describe('Name of the store.'),
    kind: z.enum(['SecretStore', 'ClusterSecretStore']).default('SecretStore').describe('Kind of the store.'),
  })
    .optional()
    .describe('Store that the External Secrets operator reads; needed for `external-secrets`.'),
  refresh: duration.default('1h').describe('How often the External Secrets operator reads again.'),
  apiKeys: keys('Environment variables with keys of model providers and other services: `{ OPENAI_API_KEY: … }`.'),
  database: keys('Environment variables with credentials of databases other than Redis: `{ POLIS_ARCHIVE_URL: … }`.'),
  jwt: keys("File of the key set that JSON Web Tokens are checked by: `{ 'jwks.json': … }`."),
  cloud: keys('Environment variables with credentials of a cloud.'),
  access: keys(
    "File with the hashes of the API keys that the server accepts, as `polis keys create` writes it: `{ 'keys.jsonl': … }`.",
  ),
  redis: keys('The password of Redis, `{ password: … }`; a managed Redis gets a random one where none is named.'),
  redisServers: keys(
    'What the servers of a managed Redis, and probes, log in with: `{ server: …, probe: … }`; random where none is named.',
  ),
  tls: keys(
    "Certificate and key of the REST listener's ingress, `{ 'tls.crt': …, 'tls.key': … }` (kubernetes.io/tls).",
  ),
}).superRefine((secrets, context) => {
  for (const { path, message } of secretFaults(secrets)) context.addIssue({ code: 'custom', path: [...path], message })
})
