import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of its own for one test, removed by `await using`. */
export interface Fixture extends AsyncDisposable {
  readonly dir: string
  write(file: string, text: string): Promise<void>
  remove(file: string): Promise<void>
}

/** Writes a project's files, by path, into a new temporary folder. For tests alone. */
export async function writeProject(files: Readonly<Record<string, string>>): Promise<Fixture> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'polis-project-')))
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return {
    dir,
    write,
    remove: (file) => rm(join(dir, file)),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** The text of a file that exports one agent. `run` is the body of its function. */
export function agentSource(name: string, run = "return 'done'", before = ''): string {
  const define = new URL(import.meta.url.endsWith('.ts') ? '../define-agent.ts' : '../define-agent.js', import.meta.url)
  return `${before}\nimport { defineAgent } from '${define.href}'\nexport default defineAgent({ name: '${name}', run: async (context, input) => { ${run} } })\n`
}
