import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeImage } from '../image/archive.ts'
import type { Machines } from '../node/start-machines.ts'
import { EXTENSIONS, type ExtensionName, findExtension } from './program.ts'

/** The image of a program. */
export const imageName = (name: ExtensionName): string => `localhost/${name}:1`

/** Makes the image of a program known to the nodes: the program alone, and as a user who is nobody in particular. */
export async function importExtension(machines: Machines, name: ExtensionName, folder: string): Promise<void> {
  const program = findExtension(name)
  if (program === undefined) throw new Error(`${name} is not built: npm run test:cluster builds it, with Go`)
  const { path } = EXTENSIONS[name]
  const root = await mkdtemp(join(tmpdir(), 'polis-image-'))
  try {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await cp(program, join(root, path))
    const archive = join(folder, `${name}.tar`)
    await writeImage(archive, imageName(name), root, { Entrypoint: [path], User: '1000' })
    await machines.importImage(archive)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
