import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import { isLogin, isReply } from './failure.ts'
import type { Login } from './login.ts'
import type { TlsOptions } from './options.ts'
import { openSocket, type Socket } from './socket.ts'

/** How servers are asked who is the primary. */
export interface AskOptions<Answer> {
  readonly servers: readonly HostPort[]
  readonly ask: (socket: Socket) => Promise<Answer>
  readonly login: Login
  readonly tls: TlsOptions | undefined
  readonly timeout: number
  readonly signal: AbortSignal
}

/** What was said by those that answered, and why the others did not. */
export interface Asked<Answer> {
  readonly answers: readonly Answer[]
  readonly faults: readonly PolisError[]
}

const ANSWER_WITHIN = 1000

/** Asks all servers at once, over connections of their own; resolves when most have answered, or all have answered or failed. */
export function askMost<Answer>({ servers, ...options }: AskOptions<Answer>): Promise<Asked<Answer>> {
  const answers: Answer[] = []
  const faults: PolisError[] = []
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const unique = new Map(servers.map((server) => [showHostPort(server), server]))
  return new Promise((resolve) => {
    const look = () => {
      if (answers.length <= unique.size / 2 && answers.length + faults.length < unique.size) return
      resolve({ answers: [...answers], faults: [...faults] })
      ending.abort()
    }
    for (const server of unique.values()) {
      const heard = askOne(server, { ...options, signal }).then(
        (answer) => void answers.push(answer),
        (reason) => void faults.push(PolisError.from(reason)),
      )
      void heard.then(look)
    }
  })
}

/** Why nobody answered; what must be put right first counts before what may pass. */
export function silence(faults: readonly PolisError[], option: string): PolisError {
  const config = faults.find(({ code }) => code === 'INVALID_CONFIG' || code === 'STORE_UNSUITABLE')
  if (config !== undefined) return config
  const reasons = [...new Set(faults.map(({ message }) => message))].join('; ')
  return new PolisError('STORE_UNAVAILABLE', `None of ${option} answers: ${reasons}`)
}

async function askOne<Answer>(address: HostPort, options: Omit<AskOptions<Answer>, 'servers'>): Promise<Answer> {
  const { ask, login, tls, signal } = options
  const timeout = Math.min(options.timeout, ANSWER_WITHIN)
  const socket = await openSocket({ address, tls, timeout, signal })
  try {
    await login.enter(socket)
    return await ask(socket)
  } catch (reason) {
    throw isReply(reason) && isLogin(reason) ? login.refuse(address, reason) : reason
  } finally {
    socket.close()
  }
}
