import { z } from 'zod'

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const LABEL_NAME =
  /^(?=[^/]{1,253}\/|[^/]+$)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const VARIABLE = /^[-._A-Za-z][-._A-Za-z0-9]*$/
const QUANTITY = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi)?$/
const DURATION = /^(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/

const matching = (pattern: RegExp, expected: string) =>
  z
    .string({ error: `expected ${expected}` })
    .refine((text) => text !== '' && pattern.test(text), { error: `expected ${expected}` })

/** The name of an object: a DNS label (RFC 1123). */
export const objectName = matching(LABEL, 'a name of lower-case letters, digits and hyphens, at most 63')

/** The name of an object that others may have put dots in: a DNS subdomain (RFC 1123). */
export const dottedName = matching(SUBDOMAIN, 'a name of lower-case letters, digits, hyphens and dots')

/** The value of a label. */
export const labelValue = matching(LABEL_VALUE, 'a label: letters, digits, hyphens, dots and underscores, at most 63')

/** An amount of a resource, as Kubernetes writes it: `500m`, `2Gi`. */
export const quantity = matching(QUANTITY, "an amount such as '500m' or '2Gi'")

/** A time, as Kubernetes and Istio write it: `30s`, `1h30m`. */
export const duration = matching(DURATION, "a time such as '30s' or '1h30m'")

/** Any text that says something. */
export const text = z.string({ error: 'expected a text' }).min(1, 'expected a text')

/** Yes or no. */
export const flag = z.boolean({ error: 'expected true or false' })

/** A whole number within bounds. */
export const whole = (min: number, max: number) => {
  const error = `expected a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, error).max(max, error)
}

/** Values by names that are held to a pattern. */
const named = <Value extends z.ZodType>(pattern: RegExp, name: string, value: Value, all: string) =>
  z.record(z.string().regex(pattern), value, {
    error: ({ code }) => (code === 'invalid_key' ? `expected ${name}` : `expected ${all}`),
  })

const labelName = "a name of letters, digits, hyphens, dots and underscores, at most 63, perhaps after a domain and '/'"
const anyText = z.string({ error: 'expected a text' })

/** Labels by name: of objects, or of what is looked for. */
export const labelTexts = named(LABEL_NAME, labelName, labelValue, 'an object of labels')

/** Annotations by name. */
export const annotationTexts = named(LABEL_NAME, labelName, anyText, 'an object of texts')

/** Environment variables by name. */
export const variables = named(
  VARIABLE,
  'a name of letters, digits, dots, hyphens and underscores',
  anyText,
  'an object of texts',
)

/** Options of which none has to be given. */
export const options = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'expected an object of options' })
