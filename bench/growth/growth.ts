import { inFolder, measureInChild, median, printMachine, printTable } from '../child.ts'
import { type PageTable, writeReport } from '../page.ts'
import { startRedis } from '../service/redis.ts'
import type { StoreName } from '../store.ts'
import type { Grown } from './one.ts'
import type { Resumed } from './resumed.ts'
import type { Stored } from './stored.ts'

/**
 * A step costs the same at the end of a long run as at its start, and with many runs stored as with few; so does a resume of a run that
 * takes snapshots.
 */
export async function growth({
  quick,
  rounds,
  only,
  write,
}: {
  readonly quick: boolean
  readonly rounds: number
  readonly only: readonly string[]
  readonly write: boolean
}): Promise<void> {
  printMachine()
  const names = STORES.filter((name) => only.length === 0 || only.includes(name))
  const parts: (string | PageTable)[] = []
  const show = (title: string, table: PageTable) => {
    console.log(`\n${title}`)
    printTable(table.head, table.rows)
    parts.push(`## ${title}`, table)
  }
  for (const name of names) show(`A step of one run on ${name}`, await steps(name, rounds))
  for (const name of names)
    show(`A commit, and a page of 50 runs, beside many stored runs on ${name}`, await stored(name, quick))
  if (names.includes('sqlite'))
    show('From an answer to the next step, with a snapshot of 20 kB every 50 steps, and without', await resumes(rounds))
  if (write) writeReport('growth', 'What grows', 'growth', [INTRODUCTION, ...parts])
}

const INTRODUCTION =
  'Time of a step or commit by where it stands: late in a run of ten thousand steps, and beside up to 100,000 stored runs. "Of the first" divides processor time by that of the first row: 100 % is flat, and the goal is to stay within 120 %. Of a step, the least of several runs: what disturbs one only adds to it.'

const STORES: readonly StoreName[] = ['sqlite', 'redis']

async function steps(name: StoreName, rounds: number): Promise<PageTable> {
  const all: Grown[] = []
  for (let round = 0; round < rounds; round++)
    all.push(await atPlace(name, (place) => measureInChild<Grown>('./growth/one.ts', [name, place])))
  const found = all.flatMap(({ places }) => places)
  const places = [...new Set(found.map(({ at }) => at))]
  const of = (at: number, key: 'ms' | 'cpu' | 'server') =>
    // The least: what disturbs a run only adds to it.
    Math.min(...found.filter((place) => place.at === at).map((place) => place[key] ?? Number.NaN))
  const rows = places.map((at) => [
    `step ${at}`,
    of(at, 'ms').toFixed(3),
    of(at, 'cpu').toFixed(3),
    share(of(at, 'cpu'), of(places[0] ?? at, 'cpu')),
    ...(name === 'redis' ? [of(at, 'server').toFixed(1), share(of(at, 'server'), of(places[0] ?? at, 'server'))] : []),
  ])
  return { head: ['around', 'ms a step', 'cpu ms a step', 'of the first', ...SERVER[name]], rows }
}

async function stored(name: StoreName, quick: boolean): Promise<PageTable> {
  const args = quick ? [10_000] : []
  const { places } = await atPlace(name, (place) =>
    measureInChild<Stored>('./growth/stored.ts', [name, place, ...args]),
  )
  const [first] = places
  const rows = places.map(({ runs, cpu, server, page }) => [
    `${runs} runs`,
    page.toFixed(2),
    cpu.toFixed(1),
    share(cpu, first?.cpu),
    ...(server === undefined ? [] : [server.toFixed(1), share(server, first?.server)]),
  ])
  return { head: ['stored', 'ms a page', 'cpu µs a commit', 'of the first', ...SERVER[name]], rows }
}

const SERVER: Readonly<Record<StoreName, readonly string[]>> = { sqlite: [], redis: ['Redis cpu µs', 'of the first'] }

function share(value: number, first: number | undefined): string {
  return `${((value / (first ?? Number.NaN)) * 100).toFixed(0)} %`
}

// A folder for a file, or the port of a server of its own.
function atPlace<T>(name: StoreName, use: (place: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    if (name === 'sqlite') return use(folder)
    await using redis = await startRedis(folder)
    return await use(String(redis.port))
  })
}

async function resumes(rounds: number): Promise<PageTable> {
  const all: Resumed[] = []
  for (let round = 0; round < rounds; round++)
    all.push(await inFolder((folder) => measureInChild<Resumed>('./growth/resumed.ts', [folder])))
  const places = [...new Set(all[0]?.places.map(({ at }) => at))]
  const of = (at: number, snapshots: boolean, key: 'ms' | 'cpu') => {
    const found = all.flatMap((one) => one.places.filter((place) => place.at === at && place.snapshots === snapshots))
    return median(found.map((place) => place[key]))
  }
  const rows = places.map((at) => [
    `${at} steps`,
    ...[true, false].flatMap((snapshots) => [of(at, snapshots, 'ms').toFixed(2), of(at, snapshots, 'cpu').toFixed(2)]),
  ])
  return { head: ['after', 'ms', 'cpu ms', 'ms without', 'cpu ms without'], rows }
}
