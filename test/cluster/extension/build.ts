import { spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from '../kubernetes/compile.ts'
import { goModule } from '../kubernetes/go.ts'
import { EXTENSION_NAMES, EXTENSIONS, type Extension, findExtension, folderOf } from './program.ts'

/**
 * Builds the programs that are missing, as `buildPrograms` does those of Kubernetes: up to half an hour, once a machine.
 *
 * Answers why it could not, a line; undefined when all are there.
 */
export async function buildExtensions(say: (line: string) => void): Promise<string | undefined> {
  const missing = EXTENSION_NAMES.filter((name) => findExtension(name) === undefined)
  if (missing.length === 0) return undefined
  if (spawnSync('go', ['version']).status !== 0) return `${missing.join(', ')} not built: Go is not installed`
  say(`Building ${missing.join(', ')}: up to half an hour, once …`)
  try {
    for (const name of missing) {
      const extension = EXTENSIONS[name]
      const [folder, started] = [folderOf(extension), performance.now()]
      await writeModule(folder, extension)
      await compile({ folder, name, from: `${extension.module}/${extension.package}` })
      say(`Built ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s.`)
    }
    return undefined
  } catch (reason) {
    return `${missing.join(', ')} not built: ${reason instanceof Error ? reason.message : String(reason)}`
  }
}

// Replacements count in the module alone that is built: those of the maker's own are said again, or others would be taken.
async function writeModule(folder: string, { module, version }: Extension): Promise<void> {
  const { GoMod } = await goModule(module, `v${version}`)
  const text = await readFile(GoMod, 'utf8')
  const [go = 'go 1.26.0'] = /^go \S+$/m.exec(text) ?? []
  const replaced = [...text.matchAll(/^replace \([^)]*\)$|^replace [^(]*$/gm)].map(([block]) => block)
  const lines = ['module agentpolis.dev/test/extension', go, `require ${module} v${version}`, ...replaced]
  await mkdir(join(folder, 'module'), { recursive: true })
  await writeFile(join(folder, 'module', 'go.mod'), `${lines.join('\n')}\n`)
}
