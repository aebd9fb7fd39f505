import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What an image says of its process. */
export interface Process {
  readonly user: string
  readonly env: readonly string[]
  readonly args: readonly string[]
  readonly cwd: string
  /** A folder that it may read, at /mnt. */
  readonly files: string
}

/** A container that runs. */
export interface Container {
  /** What it has printed so far. */
  readonly output: () => string
  /** Runs a command beside its process, as the same user; answers what it printed, also where it failed. */
  exec(...args: readonly string[]): Promise<string>
  /** Ends it by a signal; resolves with its exit code. */
  stop(signal: string): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Runs a process in the files of an image with runc as a pod under the restricted Pod Security Standard would: nothing can be written but
 * /tmp and .polis, no capabilities, no new privileges. It shares this machine's network.
 */
export async function startContainer(
  work: string,
  root: string,
  { user, env, args, cwd, files }: Process,
): Promise<Container> {
  const [id, [uid, gid]] = [
    `polis-${process.pid}-${Math.random().toString(36).slice(2, 8)}`,
    user.split(':').map(Number),
  ]
  const bundle = join(work, id)
  await mkdir(bundle)
  const writable = (destination: string) => {
    const options = ['nosuid', 'nodev', `uid=${uid}`, `gid=${gid}`, 'size=64m']
    return { destination, type: 'tmpfs', source: 'tmpfs', options }
  }
  const configuration = {
    ociVersion: '1.0.2',
    process: { user: { uid, gid }, env, args, cwd, noNewPrivileges: true, capabilities: {}, terminal: false },
    root: { path: root, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
      writable('/tmp'),
      writable('/app/.polis'),
      { destination: '/mnt', type: 'bind', source: files, options: ['bind', 'ro'] },
    ],
    linux: { namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }] },
  }
  await writeFile(join(bundle, 'config.json'), JSON.stringify(configuration))
  const runc = (...words: readonly string[]) => execute('runc', ['--root', join(work, 'runc'), ...words])
  const child = spawn('runc', ['--root', join(work, 'runc'), 'run', '--bundle', bundle, id], { stdio: 'pipe' })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => chunks.push(String(text)))
  const ended = once(child, 'close').then(([code]) => code as number | null) // As Node documents it.
  return {
    output: () => chunks.join(''),
    async exec(...words) {
      const outcome = await runc('exec', '--user', `${uid}:${gid}`, id, ...words).catch((reason) => reason)
      return `${outcome.stdout}${outcome.stderr}`
    },
    async stop(signal) {
      await runc('kill', id, signal)
      return await ended
    },
    async [Symbol.asyncDispose]() {
      await runc('delete', '--force', id).catch(() => {}) // It has ended already, where all went well.
      await ended
    },
  }
}
