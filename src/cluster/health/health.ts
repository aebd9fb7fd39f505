/** What one object says of itself. `failed` does not mend by itself; `note` is worth saying of a healthy one. */
export type Health =
  | { readonly kind: 'healthy'; readonly note?: string }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** Healthy, with nothing to say. */
export const HEALTHY: Health = { kind: 'healthy' }
