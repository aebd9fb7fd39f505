import { readFileSync } from 'node:fs'

/** The exact versions that a peer's folder asks for. */
export function packagesOf(peer: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`${peer}/package.json`, import.meta.url), 'utf8')
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> } // Our own file.
  return dependencies
}
