/** What one error code means to everyone who has to report it. */
export interface ErrorRow {
  /** HTTP status of a response that carries it. */
  readonly status: number
  /** Canonical gRPC status name; its number is `GRPC_NUMBER[grpc]`. */
  readonly grpc: GrpcName
  /** JSON-RPC 2.0 error code. */
  readonly jsonRpc: number
  /** Exit code of a command that ends with it; `EXIT_CODES` says what each means. */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6
  /** A few words for people: the problem+json title and the reference page. */
  readonly title: string
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean
}

/** Canonical gRPC status names and their numbers (those that an error can have). */
export const GRPC_NUMBER = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const

/** Name of a canonical gRPC status. */
export type GrpcName = keyof typeof GRPC_NUMBER

/** What the exit code of a command means. */
export const EXIT_CODES = {
  0: 'Success.',
  1: 'The run failed, or something unexpected went wrong.',
  2: 'The command, its input or the configuration is wrong: change it before trying again.',
  3: 'What was asked for does not exist, or conflicts with what does.',
  4: 'Not allowed: credentials are missing, wrong, or not enough.',
  5: 'Temporarily impossible: busy, overloaded, timed out or shutting down. Trying again may help.',
  6: 'The store cannot be used: full, corrupt, set up unsuitably, or written by a newer version.',
} as const

/** The closed list of error codes, and what each becomes on every surface. */
export const ERRORS = {
  INVALID_CONFIG: row(500, 'FAILED_PRECONDITION', -32603, 2, 'The configuration is not valid'),
  INVALID_INPUT: row(422, 'INVALID_ARGUMENT', -32602, 2, "The input does not match the agent's schema"),
  INVALID_OUTPUT: row(500, 'INTERNAL', -32603, 1, 'The output does not match its schema'),
  INVALID_ARGUMENT: row(400, 'INVALID_ARGUMENT', -32602, 2, 'An argument is not valid'),
  UNKNOWN_AGENT: row(404, 'NOT_FOUND', -32602, 3, 'There is no such agent'),
  UNKNOWN_SERVER: row(404, 'NOT_FOUND', -32602, 3, 'There is no such MCP server'),
  NOT_FOUND: row(404, 'NOT_FOUND', -32001, 3, 'There is no such thing'),
  METHOD_NOT_ALLOWED: row(405, 'UNIMPLEMENTED', -32601, 2, 'The method is not allowed here'),
  NOT_IMPLEMENTED: row(501, 'UNIMPLEMENTED', -32601, 2, 'This is not implemented'),
  CONFLICT: row(409, 'FAILED_PRECONDITION', -32009, 3, 'It conflicts with the present state'),
  IDEMPOTENCY_CONFLICT: row(409, 'ALREADY_EXISTS', -32009, 3, 'The idempotency key was used with another input'),
  ALREADY_ANSWERED: row(409, 'FAILED_PRECONDITION', -32009, 3, 'The question has been answered'),
  ALREADY_ENDED: row(409, 'FAILED_PRECONDITION', -32009, 3, 'The run has ended'),
  SESSION_BUSY: row(409, 'ABORTED', -32009, 5, 'Another run of the session is in progress', true),
  UNAUTHENTICATED: row(401, 'UNAUTHENTICATED', -32016, 4, 'Credentials are missing or not valid'),
  FORBIDDEN: row(403, 'PERMISSION_DENIED', -32003, 4, 'The credentials do not allow this'),
  RATE_LIMITED: row(429, 'RESOURCE_EXHAUSTED', -32029, 5, 'Too many requests', true),
  TOO_LARGE: row(413, 'INVALID_ARGUMENT', -32602, 2, 'It is larger than the limit'),
  UNSUPPORTED_MEDIA_TYPE: row(415, 'INVALID_ARGUMENT', -32602, 2, 'The media type is not supported'),
  TIMEOUT: row(504, 'DEADLINE_EXCEEDED', -32004, 5, 'It took longer than its limit', true),
  STEP_TIMEOUT: row(504, 'DEADLINE_EXCEEDED', -32004, 1, 'A step took longer than its timeout', true),
  STEP_FAILED: row(500, 'UNKNOWN', -32010, 1, 'A step failed'),
  STEP_UNCERTAIN: row(
    500,
    'UNKNOWN',
    -32010,
    1,
    'A step that may run only once was cut off, and its outcome is not known',
  ),
  RUN_FAILED: row(500, 'UNKNOWN', -32010, 1, 'The run failed'),
  CANCELLED: row(409, 'CANCELLED', -32011, 1, 'It was cancelled'),
  DIVERGED: row(409, 'FAILED_PRECONDITION', -32012, 1, 'Replay took another path than the journal'),
  FENCED: row(409, 'ABORTED', -32012, 1, 'Another worker has taken over the run'),
  WAIT_OUTSIDE_STEP: row(500, 'FAILED_PRECONDITION', -32010, 1, 'The agent waits for something outside a step'),
  JOURNAL_LIMIT: row(500, 'RESOURCE_EXHAUSTED', -32010, 1, 'The journal has reached its size limit'),
  WORKER_LOST: row(503, 'UNAVAILABLE', -32010, 1, 'The worker died while it ran the run', true),
  STORE_BUSY: row(503, 'UNAVAILABLE', -32005, 5, 'The store is busy', true),
  STORE_LOCKED: row(503, 'UNAVAILABLE', -32005, 5, 'Another process holds the store', true),
  STORE_FULL: row(503, 'RESOURCE_EXHAUSTED', -32006, 6, 'The store has no room left', true),
  STORE_CORRUPT: row(500, 'DATA_LOSS', -32006, 6, 'The store is damaged'),
  STORE_TOO_NEW: row(500, 'FAILED_PRECONDITION', -32006, 6, 'The store was written by a newer version'),
  STORE_UNSUITABLE: row(
    500,
    'FAILED_PRECONDITION',
    -32006,
    6,
    'The store is set up so that it cannot keep what is asked of it',
  ),
  STORE_UNAVAILABLE: row(503, 'UNAVAILABLE', -32005, 5, 'The store cannot be reached', true),
  STORE_PAUSED: row(503, 'UNAVAILABLE', -32005, 5, 'The store is paused', true),
  PORT_IN_USE: row(500, 'FAILED_PRECONDITION', -32603, 2, 'The port is in use'),
  TOOL_FAILED: row(502, 'UNKNOWN', -32010, 1, 'A tool reported an error'),
  TOOL_UNAVAILABLE: row(503, 'UNAVAILABLE', -32010, 5, 'A tool cannot be reached', true),
  UNKNOWN_MODEL: row(404, 'NOT_FOUND', -32602, 3, 'There is no such model'),
  MODEL_UNAVAILABLE: row(503, 'UNAVAILABLE', -32010, 5, 'A model cannot be reached, or is overloaded', true),
  MODEL_TIMEOUT: row(504, 'DEADLINE_EXCEEDED', -32010, 5, 'A model took longer than its limit', true),
  MODEL_FAILED: row(502, 'UNKNOWN', -32010, 1, 'A model refused the request, or its answer cannot be used'),
  MODEL_REFUSED: row(422, 'FAILED_PRECONDITION', -32010, 1, 'A model declined to answer'),
  PRICE_UNKNOWN: row(500, 'FAILED_PRECONDITION', -32603, 2, 'The price of a model is not known, and a budget needs it'),
  BUDGET_EXHAUSTED: row(429, 'RESOURCE_EXHAUSTED', -32011, 1, 'A budget is used up'),
  LIMIT_REACHED: row(500, 'RESOURCE_EXHAUSTED', -32010, 1, 'The agent reached one of its limits'),
  LOOP_DETECTED: row(500, 'ABORTED', -32010, 1, 'The agent repeats itself'),
  AGENT_LOAD_FAILED: row(500, 'FAILED_PRECONDITION', -32603, 2, 'An agent file could not be loaded'),
  BUILD_FAILED: row(500, 'UNKNOWN', -32603, 1, 'The image could not be built'),
  OVERLOADED: row(503, 'RESOURCE_EXHAUSTED', -32005, 5, 'The server is overloaded', true),
  SHUTTING_DOWN: row(503, 'UNAVAILABLE', -32005, 5, 'The server is shutting down', true),
  UNREACHABLE: row(503, 'UNAVAILABLE', -32005, 5, 'The server cannot be reached', true),
  INTERNAL: row(500, 'INTERNAL', -32603, 1, 'Something went wrong inside Agentpolis'),
} as const satisfies Readonly<Record<string, ErrorRow>>

/** A code from the closed list. */
export type ErrorCode = keyof typeof ERRORS

/** Whether a string, from a journal or from the wire, is a code of this version. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

function row(
  status: number,
  grpc: GrpcName,
  jsonRpc: number,
  exit: ErrorRow['exit'],
  title: string,
  retryable = false,
): ErrorRow {
  return Object.freeze({ status, grpc, jsonRpc, exit, title, retryable })
}
