import { type ErrorCode, PolisError } from '../../core/error.ts'
import type { FieldConflict } from '../api.ts'
import { at, listAt, numberAt, textAt } from '../read.ts'
import type { Answer } from './send.ts'

/** The error that the API answered with: its own words, after what was asked for. */
export function errorOf(what: string, { status, text, headers }: Answer): PolisError {
  const body = parse(text)
  const reason = textAt(body, 'reason')
  const said = textAt(body, 'message') || text.trim().slice(0, 300) || 'no reason given'
  const conflicts = conflictsOf(body)
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN)
  const isEnding = listAt(body, 'details', 'causes').some((cause) => textAt(cause, 'reason') === 'NamespaceTerminating')
  return new PolisError(isEnding ? 'CONFLICT' : codeOf(status, reason), `${what}: ${said}`, {
    details: {
      ...{ httpStatus: status, reason: reason || `HTTP ${status}` },
      ...(conflicts.length === 0 ? {} : { conflicts }),
      ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
      ...(numberAt(body, 'details', 'retryAfterSeconds') === undefined
        ? {}
        : { retryAfter: numberAt(body, 'details', 'retryAfterSeconds') }),
      hint: isEnding
        ? 'Wait until the namespace is gone; `kubectl get namespace -o yaml` says what holds it'
        : hintOf(status, conflicts),
    },
  })
}

/** The fields that an apply was refused for. */
export function conflictsIn({ details }: PolisError): readonly FieldConflict[] {
  // Written by `errorOf` alone.
  return (details.conflicts ?? []) as readonly FieldConflict[]
}

function codeOf(status: number, reason: string): ErrorCode {
  if (status === 429) return 'RATE_LIMITED'
  if (reason === 'ServerTimeout' || reason === 'Timeout' || status === 504) return 'TIMEOUT'
  const known: Readonly<Record<number, ErrorCode>> = {
    ...{ 400: 'INVALID_CONFIG', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 409: 'CONFLICT' },
    ...{ 413: 'TOO_LARGE', 415: 'NOT_IMPLEMENTED', 422: 'INVALID_CONFIG', 502: 'UNREACHABLE', 503: 'UNREACHABLE' },
  }
  return known[status] ?? 'INTERNAL'
}

function conflictsOf(body: unknown): readonly FieldConflict[] {
  return listAt(body, 'details', 'causes')
    .filter((cause) => textAt(cause, 'reason') === 'FieldManagerConflict')
    .map((cause) => ({ field: textAt(cause, 'field'), manager: managerIn(textAt(cause, 'message')) }))
}

// conflict with "kubectl-edit" with subresource "scale" using apps/v1 at 2026-…
function managerIn(message: string): string {
  return /^conflict with "([^"]*)"/.exec(message)?.[1] ?? message
}

function hintOf(status: number, conflicts: readonly FieldConflict[]): string {
  if (conflicts.length > 0) return '--force-conflicts takes these fields over'
  if (status === 401) return 'Log in again: the credentials of the kubeconfig are not accepted'
  if (status === 403) return 'Ask whoever runs the cluster for the right that is named, or change what is refused'
  if (status === 400 || status === 422) return 'Nothing of it was kept: correct the deployment in polis.config.ts'
  return ''
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return at(value, 'kind') === 'Status' ? value : undefined
  } catch {
    // A proxy's page of HTML: it is quoted as it is.
    return undefined
  }
}
