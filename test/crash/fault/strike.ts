/**
 * Blows, one for each kind of fault.
 *
 * Role: does to servers, networks and workers what the plan says, and puts the world right again. Boundary: judges nothing.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Network } from '../../redis/server/network.ts'
import type { RedisServer } from '../../redis/server/redis.ts'
import type { Replicated } from '../../redis/server/replicated.ts'
import type { WorkerProcess } from '../worker-process.ts'
import type { Fault } from './fault.ts'
import type { Strike } from './plan.ts'
import type { Props, Stage } from './stage.ts'

/** A worker, and its place among those that the case began with. */
export interface Player {
  readonly number: number
  readonly process: WorkerProcess
}

/** What a blow may look at. */
export interface Scene {
  readonly stage: Stage
  /** Workers that live. */
  players(): readonly Player[]
  /** Resolves when a submit was refused since the store is full. */
  refused(): Promise<void>
  /** Resolves when all runs that were acknowledged have ended. */
  calm(): Promise<void>
}

/** Strikes once; resolves when the world is whole again. */
export async function strike(fault: Fault, blow: Strike, scene: Scene): Promise<void> {
  const players = scene.players()
  const victim = players[blow.victim % players.length]
  if (victim === undefined) throw new Error('there is no worker')
  await BLOWS[fault]({ blow, victim, scene, props: scene.stage.props })
}

interface Blow {
  readonly blow: Strike
  readonly victim: Player
  readonly scene: Scene
  readonly props: Props
}

const BLOWS: Readonly<Record<Fault, (blow: Blow) => Promise<void>>> = {
  'worker-killed': ({ victim }) => killWorker(victim),
  'worker-paused': ({ victim, blow }) => pauseWorker(victim, blow.lasts),
  'link-cut': ({ victim, blow, props }) => cutLink(victim, blow.lasts, only(props, 'networks').networks),
  'redis-restarted': ({ blow, props }) => restartRedis(only(props, 'redis').redis, blow.lasts),
  'primary-killed': ({ props }) => killPrimary(only(props, 'replicated').replicated),
  'cluster-primary-killed': ({ props }) => killClusterPrimary(only(props, 'cluster')),
  'memory-full': ({ blow, scene, props }) => fillMemory(only(props, 'redis').redis, scene, blow.victim % 2 === 1),
}

async function killWorker({ process }: Player): Promise<void> {
  process.kill('SIGKILL')
  await process.ended
}

async function pauseWorker({ process }: Player, lasts: number): Promise<void> {
  process.kill('SIGSTOP')
  await delay(lasts)
  process.kill('SIGCONT')
}

async function cutLink({ number }: Player, lasts: number, networks: readonly Network[]): Promise<void> {
  const network = networks[number % networks.length]
  network?.cut()
  await delay(lasts)
  network?.heal()
}

async function restartRedis(redis: RedisServer, lasts: number): Promise<void> {
  await redis.kill('SIGKILL')
  await delay(lasts)
  await redis.restart()
}

// The old primary comes back as a replica, so that the next one that dies leaves two as well.
async function killPrimary(replicated: Replicated): Promise<void> {
  const old = await replicated.primary()
  const promoted = replicated.promoted()
  await old.kill('SIGKILL')
  await promoted
  await old.restart()
  while (!(await isInStep(replicated, old))) await delay(50)
}

async function killClusterPrimary({ cluster, key }: Extract<Props, { kind: 'cluster' }>): Promise<void> {
  const old = await cluster.ownerOf(key)
  const promoted = cluster.promoted()
  await old.kill('SIGKILL')
  await promoted
  await old.restart()
  await cluster.whole()
  while (!/^slave.*\bconnected\b/s.test(await old.ask('role'))) await delay(50)
}

// On a busy machine Sentinel may promote another one meanwhile.
async function isInStep(replicated: Replicated, server: RedisServer): Promise<boolean> {
  const primary = await replicated.primary()
  if (primary === server) return true
  return (await primary.ask('info', 'replication')).includes(`port=${server.port},state=online`)
}

const FILLER = 'filler'
const PIECE = 64 * 1024
// All runs in memory have room in it.
const ROOM = 16 * 1024 * 1024

// What goes on must end while what is new is refused.
async function fillMemory(redis: RedisServer, { refused, calm }: Scene, isBeyond: boolean): Promise<void> {
  const used = await memoryUsed(redis)
  const limit = used + ROOM
  await redis.ask('config', 'set', 'maxmemory', limit)
  const pieces = Math.ceil((limit * (isBeyond ? 1.05 : 0.92) - used) / PIECE)
  await redis.ask('eval', FILL, 1, FILLER, pieces, PIECE)
  await refused()
  await calm()
  await redis.ask('del', FILLER)
  await redis.ask('config', 'set', 'maxmemory', 0)
}

const FILL = "for at = 1, ARGV[1] do redis.call('rpush', KEYS[1], string.rep('x', ARGV[2])) end"

async function memoryUsed(redis: RedisServer): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.ask('info', 'memory'))?.[1])
}

function only<Kind extends Props['kind']>(props: Props, kind: Kind): Extract<Props, { kind: Kind }> {
  if (props.kind !== kind) throw new Error(`expected a stage with ${kind}, got one with ${props.kind}`)
  // `kind` tells them apart.
  return props as Extract<Props, { kind: Kind }>
}
