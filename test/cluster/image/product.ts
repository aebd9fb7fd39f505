import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findBinary } from '../../redis/server/binary.ts'
import { writeImage } from './archive.ts'
import { layOut } from './lay-out.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** What scripts of Redis call. */
const SCRIPTED = [
  ...[
    'sh',
    'cat',
    'sed',
    'awk',
    'tr',
    'timeout',
    'getent',
    'sha256sum',
    'sort',
    'ls',
    'date',
    'rm',
    'mkdir',
    'chmod',
    'cp',
    'mv',
  ],
  ...['grep', 'head', 'tail', 'hostname', 'sleep', 'env', 'id', 'dirname', 'basename', 'cut', 'wc', 'stat'],
]

/**
 * Writes the image of a project as its Dockerfile lays it out: the project in /app, the package and what it needs in its node_modules,
 * `polis` as the entry point, nobody in particular as the user. Answers the path of the archive.
 */
export function writeProductImage(folder: string, name: string, project: string): Promise<string> {
  return withRoot(folder, name, { Entrypoint: ['/usr/bin/polis'], WorkingDir: '/app', User: '10001' }, async (root) => {
    const shell = ['sh', 'ls', 'cat', 'grep'].map((program) => [`/bin/${program}`, programPath(program)] as const)
    await layOut(root, { '/usr/bin/node': process.execPath, ...Object.fromEntries(shell) })
    await cp(project, join(root, 'app'), { recursive: true })
    for (const path of productionPackages()) await copyPackage(path, join(root, 'app', path))
    const own = join(root, 'app/node_modules/agentpolis')
    await cp(join(ROOT, 'dist'), join(own, 'dist'), { recursive: true })
    await cp(join(ROOT, 'package.json'), join(own, 'package.json'))
    await writeFile(join(root, 'app/package.json'), JSON.stringify({ name: 'clerk', type: 'module' }))
    await writeFile(
      join(root, 'usr/bin/polis'),
      `#!/usr/bin/node\nimport '/app/node_modules/agentpolis/dist/main.js'\n`,
      {
        mode: 0o755,
      },
    )
  })
}

/** Writes an image with this machine's Redis, and with the programs that its scripts call. */
export function writeRedisImage(folder: string, name: string): Promise<string> {
  return withRoot(folder, name, { Entrypoint: ['/usr/bin/redis-server'], User: '999' }, async (root) => {
    const servers = ['redis-server', 'redis-sentinel', 'redis-cli'] as const
    const programs = [
      ...servers.map((program) => [`/usr/bin/${program}`, findBinary(program) ?? program] as const),
      ...SCRIPTED.map((program) => [`/bin/${program}`, programPath(program)] as const),
    ]
    await layOut(root, Object.fromEntries(programs))
    await mkdir(join(root, 'etc'), { recursive: true })
    await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n')
    for (const server of servers) {
      await mkdir(join(root, 'usr/local/bin'), { recursive: true })
      await symlink(`/usr/bin/${server}`, join(root, 'usr/local/bin', server))
    }
  })
}

/** Compiles the package as it is published. */
export async function buildPackage(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build.ts'], { cwd: ROOT })
}

async function withRoot(
  folder: string,
  name: string,
  configuration: Parameters<typeof writeImage>[3],
  fill: (root: string) => Promise<void>,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'polis-image-'))
  try {
    await fill(root)
    const path = join(folder, `${name.replaceAll(/[^a-z0-9]+/g, '-')}.tar`)
    await writeImage(path, name, root, configuration)
    return path
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

// What `npm ci --omit=dev` would install, from what is installed here.
function productionPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly dev?: true; readonly devOptional?: true; readonly peer?: true }>
    >
  }
  const isNeeded = ([path, { dev, devOptional, peer }]: (typeof entries)[number]) =>
    path !== '' && !dev && !devOptional && !peer && existsSync(join(ROOT, path))
  const entries = Object.entries(packages)
  return entries.filter(isNeeded).map(([path]) => path)
}

async function copyPackage(path: string, to: string): Promise<void> {
  // What it has below is in the list by itself.
  const filter = (from: string) => !from.slice(join(ROOT, path).length).includes('/node_modules')
  await cp(join(ROOT, path), to, { recursive: true, filter })
}

function programPath(program: string): string {
  const path = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => join(folder, program))
    .find((it) => existsSync(it))
  if (path === undefined) throw new Error(`${program} is not installed`)
  return path
}
