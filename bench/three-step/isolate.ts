import { spawnSync } from 'node:child_process'

/** A command before a command that runs it in a network namespace of its own, which has loopback alone. */
export function isolate(): readonly string[] {
  // Without root, a user namespace gives the right to make one, where the system allows it.
  const namespaces = process.getuid?.() === 0 ? ['--net'] : ['--net', '--user', '--map-root-user']
  const before = ['unshare', ...namespaces, 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']
  const [file = '', ...args] = before
  if (spawnSync(file, [...args, 'true']).status !== 0) {
    throw new Error(
      'it listens on every address, and this system gives no network namespace to keep it in (unshare --net)',
    )
  }
  return before
}
