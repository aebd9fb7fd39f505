import type { Setting } from './setting.ts'

/** The rows of the settings table that say how Redis is reached and used. */
export const REDIS_SETTINGS = {
  'redis.host': { kind: 'text', default: undefined, doc: 'Host of the Redis store.' },
  'redis.port': { kind: 'number', default: 6379, min: 1, max: 65535, doc: 'Port of the Redis store.' },
  'redis.username': { kind: 'text', default: undefined, doc: 'ACL user that Redis knows us by.' },
  'redis.password': {
    kind: 'text',
    secret: true,
    default: undefined,
    doc: 'Password for Redis: give it in the environment, or in a file.',
  },
  'redis.password_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the password for Redis, looked at again every few seconds: a new one is used at once, without a restart.',
  },
  'redis.ssl.enabled': { kind: 'flag', default: false, doc: 'Whether connections to Redis use TLS.' },
  'redis.ssl.ca_file': {
    kind: 'text',
    default: undefined,
    doc: "File with the certificates (PEM) that Redis' certificate must lead to; by default the well-known authorities.",
  },
  'redis.ssl.cert_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with our own certificate (PEM), where Redis asks for one.',
  },
  'redis.ssl.key_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the private key (PEM) of our own certificate.',
  },
  'redis.ssl.server_name': {
    kind: 'text',
    default: undefined,
    doc: "Name that Redis' certificate must carry; by default the host that is connected to.",
  },
  'redis.sentinels': {
    kind: 'list',
    default: [],
    doc: 'Sentinels that know the primary, each `host:port`; they take the place of `redis.host`.',
  },
  'redis.sentinel_name': {
    kind: 'text',
    default: undefined,
    doc: 'Name under which the sentinels know the primary.',
  },
  'redis.sentinel_username': {
    kind: 'text',
    default: undefined,
    doc: 'ACL user that the sentinels know us by.',
  },
  'redis.sentinel_password_file': {
    kind: 'text',
    default: undefined,
    doc: 'File with the password for the sentinels, which have one of their own.',
  },
  'redis.cluster.enabled': {
    kind: 'flag',
    default: false,
    doc: 'Whether the Redis store is a Redis Cluster.',
  },
  'redis.cluster.nodes': {
    kind: 'list',
    default: [],
    doc: 'Nodes of the Redis Cluster to begin with, each `host:port`; the others are learnt from them. By default `redis.host`.',
  },
  'redis.prefix': {
    kind: 'text',
    default: 'polis',
    doc: 'What every key begins with, so that several stores can share a Redis server.',
  },
  'redis.shards': {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1024,
    doc: 'Shards of a new store, chosen once; 0 is one. Several spread it over the primaries of a Cluster, and are new: failures were tried on one.',
  },
  'redis.replicas': {
    kind: 'number',
    default: 1,
    min: 1,
    max: 9,
    doc: 'Replicas that must have a commit before it is acknowledged, where `store.durability` is `replicated`.',
  },
  'redis.timeout': {
    kind: 'number',
    default: 5,
    unit: 's',
    min: 0.1,
    max: 300,
    fraction: true,
    doc: 'Longest that Redis may take to answer; the outcome is then unknown, and asked for again.',
  },
} as const satisfies Readonly<Record<string, Setting>>
