import type { Setting } from './setting.ts'

const REDIS = 'the only store so far is the embedded one'

/** The rows of the settings table that say how Redis is reached and used. */
export const REDIS_SETTINGS = {
  'redis.host': { kind: 'text', default: undefined, doc: 'Host of the Redis store.', inert: REDIS },
  'redis.port': { kind: 'number', default: 6379, min: 1, max: 65535, doc: 'Port of the Redis store.', inert: REDIS },
  'redis.username': { kind: 'text', default: undefined, doc: 'ACL user that Redis knows us by.', inert: REDIS },
  'redis.password': {
    kind: 'text',
    secret: true,
    default: undefined,
    doc: 'Password for Redis: give it in the environment, or in a file.',
    inert: REDIS,
  },
  'redis.password_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the password for Redis, looked at again every few seconds: a new one is used at once, without a restart.',
    inert: REDIS,
  },
  'redis.ssl.enabled': { kind: 'flag', default: false, doc: 'Whether connections to Redis use TLS.', inert: REDIS },
  'redis.ssl.ca_file': {
    kind: 'text',
    default: undefined,
    doc: "File with the certificates (PEM) that Redis' certificate must lead to; by default the well-known authorities.",
    inert: REDIS,
  },
  'redis.ssl.cert_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with our own certificate (PEM), where Redis asks for one.',
    inert: REDIS,
  },
  'redis.ssl.key_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the private key (PEM) of our own certificate.',
    inert: REDIS,
  },
  'redis.ssl.server_name': {
    kind: 'text',
    default: undefined,
    doc: "Name that Redis' certificate must carry; by default the host that is connected to.",
    inert: REDIS,
  },
  'redis.sentinels': {
    kind: 'list',
    default: [],
    doc: 'Sentinels that know the primary, each `host:port`; they take the place of `redis.host`.',
    inert: REDIS,
  },
  'redis.sentinel_name': {
    kind: 'text',
    default: undefined,
    doc: 'Name under which the sentinels know the primary.',
    inert: REDIS,
  },
  'redis.sentinel_username': {
    kind: 'text',
    default: undefined,
    doc: 'ACL user that the sentinels know us by.',
    inert: REDIS,
  },
  'redis.sentinel_password_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the password for the sentinels, which have one of their own.',
    inert: REDIS,
  },
  'redis.cluster.enabled': {
    kind: 'flag',
    default: false,
    doc: 'Whether the Redis store is a Redis Cluster.',
    inert: REDIS,
  },
  'redis.cluster.nodes': {
    kind: 'list',
    default: [],
    doc: 'Nodes of the Redis Cluster to begin with, each `host:port`; the others are learnt from them. By default `redis.host`.',
    inert: REDIS,
  },
  'redis.prefix': {
    kind: 'text',
    default: 'polis',
    doc: 'What every key begins with, so that several stores can share a Redis server.',
    inert: REDIS,
  },
  'redis.shards': {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1024,
    doc: 'Shards of a new store, chosen once; 0 is one, or 16 in a Cluster.',
    inert: REDIS,
  },
  'redis.replicas': {
    kind: 'number',
    default: 1,
    min: 1,
    max: 9,
    doc: 'Replicas that must have a commit before it is acknowledged, where `store.durability` is `replicated`.',
    inert: REDIS,
  },
  'redis.timeout': {
    kind: 'number',
    default: 5,
    unit: 's',
    min: 0.1,
    max: 300,
    fraction: true,
    doc: 'Longest that Redis may take to answer; the outcome is then unknown, and asked for again.',
    inert: REDIS,
  },
} as const satisfies Readonly<Record<string, Setting>>
