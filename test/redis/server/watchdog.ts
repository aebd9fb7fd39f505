import { spawn } from 'node:child_process'

/**
 * Keeps servers and their folders from outliving the process that started them, however that ends.
 *
 * A shell, in a session of its own, reads what to keep an eye on; its input ends with this process, even by SIGKILL, and then it
 * kills and removes what is left. One for all servers of a process.
 */
export interface Watchdog {
  /** A process id, the absolute path of a folder, `netns:NAME`, or `cgroup:NAME` of groups in every hierarchy. */
  watch(what: number | string): void
  /** It has ended, or is gone. */
  forget(what: number | string): void
}

let running: Watchdog | undefined

/** The watchdog of this process, started when it is first asked for. */
export function watchdog(): Watchdog {
  running ??= start()
  return running
}

function start(): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  shell.unref()
  // A pipe of a child is a socket, which keeps the event loop alive unless it is told otherwise.
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref()
  return {
    watch: (what) => void shell.stdin.write(`watch ${what}\n`),
    forget: (what) => void shell.stdin.write(`forget ${what}\n`),
  }
}

// Processes first: one that lives may still write into its folder.
const SCRIPT = `
set -f
IFS='
'
while IFS=' ' read -r verb what; do
  rest=
  for it in $list; do [ "$it" = "$what" ] || rest="$rest
$it"; done
  list=$rest
  [ "$verb" = watch ] && list="$list
$what"
done
for it in $list; do case "$it" in /* | netns:* | cgroup:*) ;; *) kill -9 "$it" ;; esac; done
for it in $list; do case "$it" in
  /*) rm -rf "$it" ;;
  netns:*) ip netns delete "\${it#netns:}" ;;
  # What was in them takes a moment to end.
  cgroup:*) for try in 1 2 3 4 5; do
      set +f
      find /sys/fs/cgroup/*/"\${it#cgroup:}" -depth -type d -exec rmdir {} + && break
      sleep 1
    done ;;
esac; done
`
