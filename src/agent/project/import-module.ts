import { pathToFileURL } from 'node:url'
import { explainLoadError, showPath } from './load-error.ts'

/** A module's exports, or in one line why it could not be loaded, beginning with its path within the project. */
export type Imported =
  | { readonly kind: 'loaded'; readonly exports: Readonly<Record<string, unknown>> }
  | { readonly kind: 'failed'; readonly problem: string; readonly cause: unknown }

/**
 * Imports a file of the project. Never rejects.
 *
 * A module is executed once a thread: whoever wants its new text starts a new thread.
 */
export async function importModule(file: string, dir: string): Promise<Imported> {
  try {
    return { kind: 'loaded', exports: await import(pathToFileURL(file).href) }
  } catch (cause) {
    return { kind: 'failed', problem: `${showPath(file, dir)}: ${explainLoadError(cause, dir)}`, cause }
  }
}
