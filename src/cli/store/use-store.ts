import { PolisError } from '../../core/error.ts'
import type { ArchivedStore } from '../../store/archive/with-archive.ts'
import type { Context } from '../context.ts'
import type { Ports } from '../ports.ts'

/** Opens the project's store for as long as `use` takes. INVALID_ARGUMENT where a server is named: these commands go past it. */
export async function useStore<T>(
  context: Context,
  ports: Ports,
  use: (store: ArchivedStore) => Promise<T>,
): Promise<T> {
  const { url, dir, io } = context
  if (url !== undefined) {
    const told = `Expected no --url and no POLIS_URL, got ${url}`
    throw new PolisError(
      'INVALID_ARGUMENT',
      `${told}: the command opens the store itself, by the settings of the project in --dir`,
    )
  }
  await using store = await ports.openStore({ dir, env: io.env })
  return await use(store)
}
