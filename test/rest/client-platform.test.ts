import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')

test('what a browser loads of the client is its own files, core, and the parser of streams: no schema and no module of Node', () => {
  const { files, packages } = load('src/client/index.ts')
  assert.deepEqual([...packages], ['eventsource-parser'])
  const parts = new Set(files.map((file) => file.split('/')[1]))
  assert.deepEqual([...parts].sort(), ['client', 'core'])
  for (const file of files) assert.doesNotMatch(codeOf(file), /\b(Buffer|process)\.\w|\brequire\(|__dirname/, file)
})

function load(entry: string): { readonly files: readonly string[]; readonly packages: ReadonlySet<string> } {
  const files = [entry]
  const packages = new Set<string>()
  for (const file of files) {
    for (const [, name = ''] of codeOf(file).matchAll(/^(?:import|export)\s[^'"=()]*from\s*['"]([^'"]+)['"]/gm)) {
      if (!name.startsWith('.')) packages.add(name)
      const target = relative(ROOT, join(ROOT, dirname(file), name))
      if (name.startsWith('.') && !files.includes(target)) files.push(target)
    }
  }
  return { files, packages }
}

// As it is when types are gone: imports of types load nothing.
function codeOf(file: string): string {
  return stripTypeScriptTypes(readFileSync(join(ROOT, file), 'utf8'))
}
