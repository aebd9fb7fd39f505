import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findBinary } from '../redis/server/binary.ts'

const execute = promisify(execFile)

/** What the base is called in the store of whoever builds on it. */
export const BASE = 'localhost/node:26-slim'

/**
 * The path of an OCI archive of a base image as `node:26-slim` is: Debian, the Node that runs this, and npm. It is made once a machine, in a
 * minute or two, and kept outside the checkout: no registry of images is asked.
 *
 * Needs root, debootstrap and buildah.
 */
export async function getBase(say: (line: string) => void): Promise<string> {
  const npm = dirname(dirname(realpathSync(await which('npm'))))
  const { version } = JSON.parse(await readFile(join(npm, 'package.json'), 'utf8')) as { version: string } // npm's own.
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(caches, 'agentpolis', 'image')
  const path = join(folder, `base-bookworm-node-${process.versions.node}-npm-${version}.tar`)
  if (existsSync(path)) return path
  say('Making a base image with debootstrap …')
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(join(folder, 'make-'))
  try {
    await makeRoot(join(work, 'root'), npm)
    await pack(work, join(work, 'base.tar'))
    await rename(join(work, 'base.tar'), path)
  } finally {
    await removeStore(work)
    await rm(work, { recursive: true, force: true })
  }
  return path
}

async function makeRoot(root: string, npm: string): Promise<void> {
  const packages = '--include=libatomic1,libstdc++6,ca-certificates'
  await execute(findBinary('debootstrap') ?? 'debootstrap', ['--variant=minbase', packages, 'bookworm', root], {
    maxBuffer: 64 * 1024 * 1024,
  })
  // What debootstrap takes from this machine, and leaves behind.
  for (const path of ['etc/resolv.conf', 'etc/hostname']) await writeFile(join(root, path), '')
  for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists', 'var/log', 'proc', 'sys', 'dev']) {
    await execute('umount', ['--recursive', join(root, path)]).catch(() => {}) // Mounted on some machines only.
    await rm(join(root, path), { recursive: true, force: true })
    await mkdir(join(root, path), { recursive: true })
  }
  await cp(process.execPath, join(root, 'usr/local/bin/node'))
  await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
}

async function pack(work: string, archive: string): Promise<void> {
  const env = await storeIn(work)
  const buildah = async (...args: readonly string[]) => (await execute('buildah', args, { env })).stdout.trim()
  const container = await buildah('from', 'scratch')
  await execute('tar', ['-C', join(work, 'root'), '--numeric-owner', '-cf', join(work, 'root.tar'), '.'])
  await buildah('add', '--quiet', container, join(work, 'root.tar'), '/')
  await buildah('config', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container)
  await buildah('commit', '--quiet', '--rm', '--timestamp', '0', container, BASE)
  await buildah('push', '--quiet', BASE, `oci-archive:${archive}:${BASE}`)
}

/** The environment of a buildah whose images are all in this folder, and that needs no container runtime to build. */
export async function storeIn(folder: string): Promise<NodeJS.ProcessEnv> {
  const [run, graph] = [join(folder, 'store/run'), join(folder, 'store/graph')]
  const storage = `[storage]\ndriver = "overlay"\nrunroot = "${run}"\ngraphroot = "${graph}"\n`
  await writeFile(join(folder, 'storage.conf'), storage)
  return { ...process.env, CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'), BUILDAH_ISOLATION: 'chroot' }
}

/** Removes the images of `storeIn`, which leaves a mount behind it. */
export async function removeStore(folder: string): Promise<void> {
  const env = await storeIn(folder)
  await execute('buildah', ['umount', '--all'], { env }).catch(() => {}) // Nothing is mounted, where all went well.
  await execute('umount', [join(folder, 'store/graph/overlay')]).catch(() => {}) // Nor is this, where nothing was built.
  await rm(join(folder, 'store'), { recursive: true, force: true })
}

async function which(program: string): Promise<string> {
  return (await execute('sh', ['-c', `command -v ${program}`])).stdout.trim()
}
