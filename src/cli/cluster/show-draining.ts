import type { DrainingRelease } from '../../cluster/prune.ts'
import { escapeText } from '../terminal/escape.ts'

/** Old releases that stay, and why. */
export function drainLines(releases: readonly DrainingRelease[]): readonly string[] {
  return releases.map(
    ({ release, holdsRuns }) => `release ${escapeText(release)} stays: ${holdsRuns ? HOLDS : UNKNOWN}`,
  )
}

const HOLDS = 'it holds runs; applying again removes it once they are over'
const UNKNOWN = 'whether it holds runs is not known; with --api-key (POLIS_API_KEY) the deployment can be asked'
