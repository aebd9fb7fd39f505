import type { FastifyReply } from 'fastify'
import { ERRORS, type PolisError } from '../../core/error.ts'
import type { Problem } from '../../core/route/wire.ts'

/** Media type of every error. */
export const PROBLEM_TYPE = 'application/problem+json'

/** An error as RFC 9457 has it: from the table of codes, without a stack, a cause or a secret. */
export function toProblem(error: PolisError, requestId: string): Problem {
  const { status, title } = ERRORS[error.code]
  const { message, details = {} } = error.toJSON()
  const { errors, issues, ...rest } = details
  const wrong = errors ?? (Array.isArray(issues) ? issues.map(rooted) : undefined)
  return {
    type: `urn:agentpolis:error:${error.code}`,
    title,
    status,
    detail: message,
    code: error.code,
    instance: `urn:agentpolis:request:${requestId}`,
    retryable: error.retryable,
    ...(Array.isArray(wrong) ? { errors: wrong } : {}),
    ...(Object.keys(rest).length === 0 ? {} : { details: rest }),
  }
}

/** Answers with an error, and with the headers that go with its status. */
export function sendProblem(reply: FastifyReply, error: PolisError): FastifyReply {
  const problem = toProblem(error, reply.request.id)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="agentpolis"')
  if ((problem.status === 429 || problem.status === 503) && !reply.hasHeader('retry-after'))
    reply.header('retry-after', String(error.details.retryAfter ?? 1))
  const { allow } = error.details
  if (typeof allow === 'string') reply.header('allow', allow)
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

// Issues of an agent's own schema begin at the value that was given to it.
function rooted(issue: { readonly path: string; readonly message: string }) {
  const separator = issue.path === '' || issue.path.startsWith('[') ? '' : '.'
  return { path: `$${separator}${issue.path}`, message: issue.message }
}
