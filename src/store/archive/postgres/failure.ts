import { type ErrorCode, PolisError } from '../../../core/error.ts'

// PostgreSQL's SQLSTATEs by their beginning: https://www.postgresql.org/docs/current/errcodes-appendix.html
const MEANING: readonly (readonly [start: string, code: ErrorCode, advice: string])[] = [
  ['28', 'STORE_UNAVAILABLE', 'check the user and the password of the address'],
  ['3D', 'STORE_UNAVAILABLE', 'create the database, or correct its name in the address'],
  ['42501', 'STORE_UNAVAILABLE', 'let the user create a schema in the database (GRANT CREATE ON DATABASE)'],
  ['25006', 'STORE_UNAVAILABLE', 'the address leads to a replica: name the primary'],
  ['531', 'STORE_FULL', 'free space on its disk; what was not acknowledged was not stored'],
  ['53', 'STORE_BUSY', 'it has no connection or memory left, try again'],
  ['57014', 'STORE_BUSY', 'it took too long to answer, try again'],
  ['55P03', 'STORE_BUSY', 'another process keeps writing the same run, try again'],
  ['57P', 'STORE_UNAVAILABLE', 'it is starting or stopping, try again'],
  ['08', 'STORE_UNAVAILABLE', 'check that it runs and can be reached'],
  ['XX001', 'STORE_CORRUPT', 'restore a backup'],
  ['XX002', 'STORE_CORRUPT', 'rebuild its indexes, or restore a backup'],
]

/** The error as one of ours: what PostgreSQL, or the network, says of the archive, and what to do. `place` has no credentials. */
export function archiveFailure(reason: unknown, place: string): PolisError {
  if (reason instanceof PolisError) return reason
  const given = codeOf(reason)
  const known = MEANING.find(([start]) => given.startsWith(start))
  const said = reason instanceof Error ? reason.message || given : String(reason)
  if (known !== undefined) {
    const [, code, advice] = known
    return new PolisError(code, `The archive at ${place} cannot be used (${said}): ${advice}`, { cause: reason })
  }
  if (!isNetwork(given)) return PolisError.from(reason)
  const todo = 'check that it runs and can be reached, and `archive.url`'
  return new PolisError('STORE_UNAVAILABLE', `The archive at ${place} does not answer (${said}): ${todo}`, {
    cause: reason,
  })
}

/** Whether PostgreSQL gave a transaction up for another, so that trying it again will help. */
export function isGivenUp(reason: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(reason))
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && 'code' in reason && typeof reason.code === 'string' ? reason.code : ''
}

// Node's system errors begin with E, the client's own with CONNECT.
function isNetwork(code: string): boolean {
  return /^(E[A-Z]+|CONNECT\w+|CERT\w*|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*|ERR_TLS\w*)$/.test(code)
}
