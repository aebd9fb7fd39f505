import { randomInt } from 'node:crypto'
import { freePort } from '../../../scripts/free-port.ts'

/**
 * A port that nobody listens to, below those that the operating system gives to outgoing connections: a server that is
 * started again finds it free.
 */
export function chosenPort(): Promise<number> {
  return freePort(10_000 + randomInt(20_000))
}
