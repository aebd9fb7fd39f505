import type { WriteStream } from 'node:tty'
import { systemClock } from '../core/clock.ts'
import type { Io, Output } from './io.ts'

/** The Io of a real process. */
export function processIo(
  source: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env' | 'cwd'>,
  stop: AbortSignal,
): Io {
  return {
    stdout: outputOf(source.stdout),
    stderr: outputOf(source.stderr),
    stdin: {
      isTTY: source.stdin.isTTY === true,
      // Touching it opens it, which commands that read nothing must not do.
      get stream() {
        return source.stdin
      },
    },
    env: source.env,
    cwd: source.cwd(),
    clock: systemClock(),
    stop,
  }
}

function outputOf(stream: WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    stream,
    get columns() {
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
  }
}
