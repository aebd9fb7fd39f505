/** How a choice looks: what is suggested, what does harm, or neither. */
export const OPTION_STYLES = ['primary', 'danger', 'default'] as const
export type OptionStyle = (typeof OPTION_STYLES)[number]

/** One of the answers that a question suggests, to be shown as a button or in a list. */
export interface QuestionOption {
  /** The answer itself: fits the question's schema. */
  readonly value: unknown
  /** What people read; by default the value. */
  readonly label?: string
  readonly style?: OptionStyle
}
