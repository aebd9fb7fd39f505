import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import { CONTRACT, type Contract } from '../../core/route/contract.ts'
import type { OperationId } from '../../core/route/operation.ts'
import type { RequestOf } from '../../core/route/wire.ts'
import { joinPath } from './json-body.ts'

type Place = 'path' | 'query' | 'header' | 'body'
type Wrong = { readonly in: Place; readonly path: string; readonly message: string }

const SHOWN = 5
const KEPT = 50

/**
 * A request checked against its operation's contract: path, query, headers and body as their schemas give them.
 *
 * Throws INVALID_ARGUMENT whose `details.errors` holds everything that is wrong, each with where it is and its JSON path.
 */
export function parseRequest<Op extends OperationId>(operation: Op, request: FastifyRequest): RequestOf<Op> {
  const contract: Contract = CONTRACT[operation]
  const wrong: Wrong[] = []
  const read = (place: Place, schema: z.ZodType | undefined, value: unknown) => {
    const parsed = schema?.safeParse(value)
    if (parsed?.success === false) wrong.push(...parsed.error.issues.map((issue) => describe(place, issue)))
    return parsed?.data
  }
  const parsed = {
    params: read('path', contract.params, request.params),
    // A query that is not asked for is as wrong as a field that is not known: `?wiat=10s` must not be ignored.
    query: read('query', contract.query?.strict(), { ...(request.query as object) }),
    headers: read('header', contract.headers, request.headers),
    body: contract.body?.kind === 'json' ? read('body', contract.body.schema, request.body ?? undefined) : undefined,
  }
  if (wrong.length > 0) throw refuse(wrong)
  // The contract's own schemas made these values: the types of RequestOf are inferred from the same ones.
  return parsed as RequestOf<Op>
}

function describe(place: Place, issue: z.core.$ZodIssue): Wrong {
  return {
    in: place,
    path: issue.path.reduce<string>(joinPath, '$'),
    message: issue.message.replace(/^Invalid input: /, '').slice(0, 300),
  }
}

function refuse(wrong: readonly Wrong[]): PolisError {
  const shown = wrong.slice(0, SHOWN).map((it) => `${it.in} ${it.path}: ${it.message}`)
  const more = wrong.length > SHOWN ? `; and ${wrong.length - SHOWN} more` : ''
  return new PolisError('INVALID_ARGUMENT', `The request is not valid: ${shown.join('; ')}${more}`, {
    details: { errors: wrong.slice(0, KEPT) },
  })
}
