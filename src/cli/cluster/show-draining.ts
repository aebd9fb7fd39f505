import type { Pruning } from '../../cluster/prune.ts'
import { escapeText } from '../terminal/escape.ts'

/** Old releases that stay, and why. */
export function drainLines({ draining, warnings }: Pick<Pruning, 'draining' | 'warnings'>): readonly string[] {
  return [
    ...warnings.map((message) => `warning: ${escapeText(message)}`),
    ...draining.map(({ release, holdsRuns }) => `release ${escapeText(release)} stays: ${holdsRuns ? HOLDS : UNKNOWN}`),
  ]
}

const HOLDS = 'it holds runs; applying again removes it once they are over'
const UNKNOWN =
  'whether it holds runs is not known; with an --api-key (POLIS_API_KEY) of the scope releases:read the deployment can be asked'
