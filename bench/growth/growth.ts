import { inFolder, measureInChild, median, printMachine, printTable } from '../child.ts'
import type { Grown } from './one.ts'
import type { Resumed } from './resumed.ts'

/**
 * A step costs the same at the end of a long run as at its start, and so does a resume of a run that takes snapshots: time and
 * processor time by where it stands.
 */
export async function growth({ quick }: { readonly quick: boolean }): Promise<void> {
  printMachine()
  const rounds = quick ? 1 : 3
  await steps(rounds)
  await resumes(rounds)
}

async function steps(rounds: number): Promise<void> {
  const all: Grown[] = []
  for (let round = 0; round < rounds; round++)
    all.push(await inFolder((folder) => measureInChild<Grown>('./growth/one.ts', [folder])))
  const places = all[0]?.places.map(({ at }) => at) ?? []
  const of = (at: number, key: 'ms' | 'cpu') =>
    median(all.map(({ places: found }) => found.find((place) => place.at === at)?.[key] ?? Number.NaN))
  const rows = places.map((at) => [
    `step ${at}`,
    of(at, 'ms').toFixed(3),
    of(at, 'cpu').toFixed(3),
    `${((of(at, 'cpu') / of(places[0] ?? at, 'cpu')) * 100).toFixed(0)} %`,
  ])
  printTable(['around', 'ms a step', 'cpu ms a step', 'of the first'], rows)
}

async function resumes(rounds: number): Promise<void> {
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
  console.log('\nFrom an answer to the next step, with a snapshot of 20 kB every 50 steps, and without')
  printTable(['after', 'ms', 'cpu ms', 'ms without', 'cpu ms without'], rows)
}
