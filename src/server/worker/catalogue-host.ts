import type { LaunchedThread } from './launch.ts'
import type { Catalogue } from './message.ts'
import type { WorkerHost } from './worker-host.ts'

/**
 * The worker host of a process that executes nothing, `polis serve --role api`: it only knows what a thread found out about the
 * project, and that thread has ended.
 */
export function createCatalogueHost(
  first: LaunchedThread,
  launch: () => Promise<LaunchedThread>,
  onCatalogue: (catalogue: Catalogue) => void,
): WorkerHost {
  let { catalogue } = first
  void first.terminate()
  return {
    catalogue: () => catalogue,
    start: async () => {},
    reload: async () => {
      const next = await launch()
      catalogue = next.catalogue
      await next.terminate()
      onCatalogue(catalogue)
    },
    stop: async () => {},
    kill: async () => {},
    check: () => {},
  }
}
