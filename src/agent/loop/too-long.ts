import type { PolisError } from '../../core/error.ts'

/** Whether a provider refused a prompt because it is longer than the model's window. */
export function isTooLong({ code, details }: PolisError): boolean {
  return code === 'MODEL_FAILED' && details.reason === 'context-window'
}
