/** Builds `dist`: JavaScript and declarations by `tsc`, and beside them every other file of `src` that code reads. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status === 0) finish()
else process.exitCode = 1

function finish(): void {
  copyAssets()
  refuseSourcePaths()
  if (existsSync('dist/main.js')) chmodSync('dist/main.js', 0o755)
}

function copyAssets(): void {
  for (const path of globSync('src/**/*.*', { exclude: ['**/*.ts', '**/*.md', '**/fixture/**'] })) {
    cpSync(path, path.replace(/^src/, 'dist'))
  }
}

/** `tsc` rewrites imports, but not `new URL('./thread.ts', import.meta.url)`: that would work only from the source. */
function refuseSourcePaths(): void {
  for (const path of globSync('dist/**/*.js')) {
    const found = /new URL\(\s*['"`]\.{1,2}\/[^'"`]*\.ts['"`]/.exec(readFileSync(path, 'utf8'))
    if (found === null) continue
    throw new Error(
      `${path} names a .ts file, which is not published: ${found[0]}. Derive the extension from import.meta.url.`,
    )
  }
}
