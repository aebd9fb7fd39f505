import { execFile } from 'node:child_process'
import { cp, mkdir, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/**
 * Lays programs of this machine out in a folder as the root of an image, with the libraries that they are linked to: an image without a
 * distribution, for tests of the cluster itself.
 */
export async function layOut(root: string, programs: Readonly<Record<string, string>>): Promise<void> {
  for (const [target, source] of Object.entries(programs)) {
    const program = await realpath(source)
    await copy(root, program, target)
    for (const library of await librariesOf(program)) await copy(root, await realpath(library), library)
  }
  await mkdir(join(root, 'tmp'), { recursive: true, mode: 0o1777 })
  await mkdir(join(root, 'etc'), { recursive: true })
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nagent:x:65532:65532::/:/bin/sh\n')
}

async function copy(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, to)), { recursive: true })
  await cp(from, join(root, to))
}

/** Those that the loader would take, and the loader itself. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program])
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path)
}
