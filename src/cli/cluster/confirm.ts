import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { PolisError } from '../../core/error.ts'
import type { Context } from '../context.ts'

/** Asks whoever sits at the terminal. Rejects with INVALID_ARGUMENT where nobody does, CANCELLED for anything but yes. */
export async function confirm(question: string, { io, json }: Context): Promise<void> {
  if (!io.stdin.isTTY || json)
    throw new PolisError('INVALID_ARGUMENT', '--yes: expected where nobody sits at a terminal who could be asked')
  const lines = createInterface({ input: io.stdin.stream, terminal: false })
  try {
    io.stderr.write(`${question} [y/N] `)
    // Where the input ends (Ctrl-D) nobody answers any more.
    const ended = once(lines, 'close').then(() => '')
    const answer = await Promise.race([lines.question('', { signal: io.stop }), ended])
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new PolisError('CANCELLED', 'Nothing was changed', { details: { hint: 'Answer y, or give --yes' } })
  } finally {
    lines.close()
  }
}
