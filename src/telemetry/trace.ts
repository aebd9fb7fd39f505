import type { Random } from '../core/random.ts'

/** Where a request stands in a trace: W3C Trace Context, version 00. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string
  readonly sampled: boolean
}

const HEADER = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The context of a `traceparent` header, or undefined when there is none that is valid; later versions are read as far as 00 goes. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = HEADER.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === '00' && more !== undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The `traceparent` header of a context. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

/** A new span: within the parent's trace, or at the root of a new one. */
export function startSpan(random: Random, parent?: TraceContext): TraceContext {
  return {
    traceId: parent?.traceId ?? hex(random, 16),
    spanId: hex(random, 8),
    sampled: parent?.sampled ?? true,
  }
}

function hex(random: Random, length: number): string {
  // Zero is the one value that is not allowed.
  for (;;) {
    const text = Buffer.from(random.bytes(length)).toString('hex')
    if (/[^0]/.test(text)) return text
  }
}
