/**
 * The schemas of the API as a table: what a strict API server knows of fields, without a word of description.
 *
 * Types refer to others by their index, and equal ones are there once.
 */
export interface SchemaTable {
  /** What it was made from, with versions. */
  readonly origins: readonly string[]
  /** By `group/version/kind` (`v1/kind` in the core group): the type, and whether objects are in a namespace. */
  readonly kinds: Readonly<Record<string, readonly [type: number, namespaced: 0 | 1]>>
  readonly types: readonly SchemaType[]
}

/** A primitive: text, whole number, number, yes or no, text or number (`q`: amounts, ports), an object of anything, anything. */
export type Primitive = 's' | 'i' | 'n' | 'b' | 'q' | 'o' | '*'

/** One type. */
export type SchemaType =
  | Primitive
  /** A text of a closed list. */
  | { readonly e: readonly string[] }
  /** A text that matches. */
  | { readonly p: string }
  /** A number within bounds; null where there is none. */
  | { readonly i: readonly [min: number | null, max: number | null] }
  /** A list; `k` are the fields that tell its items apart, none where the whole item does. */
  | { readonly a: number; readonly k?: readonly string[] }
  /** A mapping whose keys are free. */
  | { readonly m: number }
  /** Another type, with conditions on its values. */
  | { readonly t: number; readonly v: readonly Condition[] }
  | ObjectType

/** A condition in CEL on `self`, and what is said where it is not met. */
export type Condition = readonly [expression: string, message?: string]

/** A mapping whose fields are known. */
export interface ObjectType {
  readonly f: Readonly<Record<string, number>>
  /** Fields that must be there. */
  readonly r?: readonly string[]
  /** What the API server puts where a field is not given. */
  readonly d?: Readonly<Record<string, unknown>>
  /** Sets of fields of which at most one may be there. */
  readonly o?: readonly (readonly string[])[]
  /** Whether fields that are not known are kept. */
  readonly x?: 1
}

/** The key of a kind in the table. */
export function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion}/${kind}`
}
