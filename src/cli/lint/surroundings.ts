import { ownMetrics } from '../../manifest/lint/world/own-metrics.ts'
import type { Surroundings } from '../../manifest/lint/world.ts'

/** What is known beside the files: the time, and the metrics of our own runtime or of an application's source. */
export async function createSurroundings({
  now,
  own,
}: {
  readonly sources: readonly string[]
  readonly now: Date
  /** Whether the manifests are those of a project. */
  readonly own: boolean
}): Promise<Surroundings> {
  return { now, ...(own ? { metrics: ownMetrics() } : {}) }
}
