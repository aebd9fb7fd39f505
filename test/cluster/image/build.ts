import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { goEnvironment } from '../kubernetes/go.ts'
import { cacheFolder } from '../kubernetes/program.ts'
import { PAUSE } from '../node/configuration.ts'
import { writeImage } from './archive.ts'

const execute = promisify(execFile)

/** Image of the cluster's name server. */
export const NAME_SERVER = 'localhost/name-server:1'

const COREDNS = 'v1.15.0'

/** What the cluster itself runs, by the name of its file. */
const IMAGES = {
  pause: { name: PAUSE, modules: [] },
  'name-server': { name: NAME_SERVER, modules: [`github.com/coredns/coredns@${COREDNS}`] },
} as const

/** The archives of the images that the cluster itself runs. */
export function systemImages(): readonly string[] {
  return Object.keys(IMAGES).map(archiveOf)
}

/** Builds those that are missing, from Go modules, into the cache folder. Each is there whole or not at all. */
export async function buildSystemImages(say: (line: string) => void): Promise<void> {
  for (const [program, { name, modules }] of Object.entries(IMAGES)) {
    if (existsSync(archiveOf(program))) continue
    say(`Building the image ${name} …`)
    await mkdir(cacheFolder(), { recursive: true })
    const folder = await mkdtemp(join(cacheFolder(), `${program}.`))
    try {
      await mkdir(join(folder, 'root'))
      await compile(folder, program, modules)
      await writeImage(join(folder, 'image.tar'), name, join(folder, 'root'), { Entrypoint: [`/${program}`] })
      await rename(join(folder, 'image.tar'), archiveOf(program))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function archiveOf(program: string): string {
  return join(cacheFolder(), `${program}.tar`)
}

async function compile(folder: string, program: string, modules: readonly string[]): Promise<void> {
  const run = (...args: readonly string[]) => execute('go', args, { cwd: folder, env: goEnvironment() })
  await cp(join(import.meta.dirname, `${program}.go`), join(folder, 'main.go'))
  await writeFile(join(folder, 'go.mod'), 'module agentpolis.dev/test/image\n\ngo 1.26.0\n')
  for (const module of modules) await run('get', module)
  const flags = ['-mod=mod', '-trimpath', '-gcflags=all=-dwarf=false', '-ldflags=-s -w']
  await run('build', ...flags, '-o', join(folder, 'root', program), '.')
}
