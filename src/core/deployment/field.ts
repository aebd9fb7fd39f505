import { z } from 'zod'

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
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

/** Values by the names that others gave them: labels, annotations, environment variables. */
export const texts = z.record(z.string(), z.string({ error: 'expected a text' }), {
  error: 'expected an object of texts',
})

/** Options of which none has to be given. */
export const options = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'expected an object of options' })
