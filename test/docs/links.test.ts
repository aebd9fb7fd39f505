import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const paths = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules/**', 'dist/**', '.polis/**'] }).sort()

test('Every relative link in the documentation leads to a file and a heading that exist', () => {
  const broken = paths.flatMap((path) =>
    linksIn(readFileSync(join(root, path), 'utf8')).flatMap((link) => problemOf(path, link)),
  )
  assert.deepEqual(broken, [])
})

function linksIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, link = '']) => link)
}

function problemOf(path: string, link: string): string[] {
  if (/^[a-z]+:/.test(link)) return []
  const [target = '', fragment] = link.split('#')
  const file = target === '' ? join(root, path) : join(root, dirname(path), decodeURIComponent(target))
  if (!existsSync(file)) return [`${path}: ${link} does not exist`]
  if (fragment === undefined || !file.endsWith('.md')) return []
  return anchorsIn(readFileSync(file, 'utf8')).includes(fragment) ? [] : [`${path}: ${link} has no such heading`]
}

/** Headings, as GitHub turns them into anchors. */
function anchorsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )
}
