import { ERRORS, type ErrorCode, isErrorCode } from './error-code.ts'
import { redact, redactText } from './secret.ts'

export { ERRORS, type ErrorCode } from './error-code.ts'

/** Facts about an error, for programs; plain data that can be stored as JSON. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** An error as journals, worker messages and problem+json carry it: never a stack, never a secret. */
export interface SerializedError {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: ErrorDetails
  /** Name of the error it was made from, such as `TypeError`. */
  readonly name?: string
  /** Present only where it differs from what the table says of the code. */
  readonly retryable?: boolean
}

/** What may be given with a new error beside its code and message. */
export interface ErrorOptions {
  readonly cause?: unknown
  readonly details?: ErrorDetails
  readonly retryable?: boolean
}

/**
 * The one error class of the project: a code of a closed list, and a message that names what was expected, what was got,
 * and what to do.
 */
export class PolisError extends Error {
  override readonly name = 'PolisError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  /** Whether the same may succeed later; by default what the table says of the code. */
  readonly retryable: boolean
  /** Name of the error that this one was made from, kept through a journal. */
  readonly origin: string | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { readonly origin?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
    this.retryable = options.retryable ?? ERRORS[code].retryable
    this.origin = options.origin ?? originOf(options.cause)
  }

  /** The only way in from unknown: an error of ours passes through, anything else becomes one of the given code and keeps its cause. */
  static from(reason: unknown, code: ErrorCode = 'INTERNAL'): PolisError {
    return reason instanceof PolisError ? reason : new PolisError(code, messageOf(reason), { cause: reason })
  }

  /** The error that was serialised. A code of a newer version reads as `INTERNAL`, and is kept in `details.unknownCode`. */
  static fromJSON(json: SerializedError): PolisError {
    const known = isErrorCode(json.code)
    const details = known ? json.details : { ...json.details, unknownCode: json.code }
    return new PolisError(known ? json.code : 'INTERNAL', json.message, {
      ...(details === undefined ? {} : { details }),
      ...(json.name === undefined ? {} : { origin: json.name }),
      ...(json.retryable === undefined ? {} : { retryable: json.retryable }),
    })
  }

  /** As journals and responses carry it, with secrets replaced. */
  toJSON(): SerializedError {
    // A redacted record is a record.
    const details = redact(this.details) as ErrorDetails
    return {
      code: this.code,
      message: redactText(this.message),
      ...(Object.keys(this.details).length === 0 ? {} : { details }),
      ...(this.origin === undefined ? {} : { name: this.origin }),
      ...(this.retryable === ERRORS[this.code].retryable ? {} : { retryable: this.retryable }),
    }
  }
}

function originOf(cause: unknown): string | undefined {
  if (cause instanceof PolisError) return cause.origin
  return cause instanceof Error && cause.name !== 'Error' ? cause.name : undefined
}

function messageOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message || reason.name
  if (typeof reason === 'string' && reason !== '') return reason
  if (reason === undefined || reason === null) return 'Failed without a reason'
  try {
    return `Failed with ${JSON.stringify(reason) ?? String(reason)}`
  } catch {
    // A reason that cannot be shown (a cycle, a bigint) must not hide that there was one.
    return `Failed with a value of type ${typeof reason}`
  }
}
