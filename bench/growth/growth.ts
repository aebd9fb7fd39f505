import { inFolder, measureInChild, median, printMachine, printTable } from '../child.ts'
import type { Grown } from './one.ts'

/** A step costs the same at the end of a long run as at its start: time and processor time of a step by where it stands. */
export async function growth({ quick }: { readonly quick: boolean }): Promise<void> {
  printMachine()
  const rounds = quick ? 1 : 3
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
