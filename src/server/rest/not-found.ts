import { PolisError } from '../../core/error.ts'
import { PATHS } from '../../core/ports.ts'
import { OPERATIONS } from '../../core/route/operation.ts'

/** The error for a request that no route matched: METHOD_NOT_ALLOWED, with the methods that are, or NOT_FOUND. */
export function unmatched(method: string, url: string): PolisError {
  const path = url.replace(/[?#].*$/s, '')
  const allowed = methodsOf(path)
  if (allowed.length > 0) {
    const allow = allowed.join(', ')
    return new PolisError('METHOD_NOT_ALLOWED', `${method.slice(0, 20)} is not allowed here; allowed are ${allow}`, {
      details: { allow },
    })
  }
  return new PolisError(
    'NOT_FOUND',
    `There is nothing at ${shorten(path)}. The API is described at ${PATHS.api}/openapi.json`,
  )
}

function methodsOf(path: string): readonly string[] {
  const found = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  return [...new Set(found)]
}

const PATTERNS = Object.values(OPERATIONS).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${PATHS.api}${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}))

function shorten(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
