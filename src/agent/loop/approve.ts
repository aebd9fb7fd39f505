import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import type { QuestionOption } from '../../core/question.ts'
import { type JsonSchema, schemaFromJson, validate } from '../../core/schema.ts'
import type { Scope } from '../../engine/scope.ts'
import { callerOf } from './offer-tools.ts'
import type { OfferedTool } from './offered-tool.ts'
import { LIST_TERMS } from './terms.ts'

/** What became of a call that may need a human's word. */
export type Approved =
  | { readonly kind: 'go'; readonly args: unknown; readonly edited: boolean }
  | { readonly kind: 'declined'; readonly comment: string | undefined }

interface Answer {
  readonly decision: 'approve' | 'decline'
  readonly comment?: string
  readonly args?: unknown
}

/** Asks a human before a call, where the tool wants that; `given` are the model's arguments, `args` what the tool made of them. */
export async function approve(scope: Scope, tool: OfferedTool, given: unknown, args: unknown): Promise<Approved> {
  if (!(await isNeeded(scope, tool, given, args))) return { kind: 'go', args, edited: false }
  const { agent } = scope.record
  const about = { tool: tool.name, args: given }
  const question = `May ${agent} call ${tool.name}?`
  for (let text = question; ; ) {
    const asked = await scope.ask('approve', {
      question: text,
      schema: APPROVAL_ANSWER,
      about,
      options: OPTIONS,
      consent: true,
    })
    try {
      const answer = toAnswer(await validate(ANSWER, asked, 'answer'))
      if (answer.decision === 'decline') return { kind: 'declined', comment: answer.comment }
      if (answer.args === undefined) return { kind: 'go', args, edited: false }
      return { kind: 'go', args: await tool.check(answer.args), edited: true }
    } catch (reason) {
      // The human is asked again, with what was wrong.
      text = `${question} (the last answer was not accepted: ${PolisError.from(reason).message})`
    }
  }
}

async function isNeeded(
  scope: Scope,
  { name, approval }: OfferedTool,
  given: unknown,
  args: unknown,
): Promise<boolean> {
  if (typeof approval !== 'function') return approval === 'always'
  // What is no clear no, such as a number from code without types, is asked about.
  const decide = async () => (await approval(args, { ...callerOf(scope), tool: name })) !== false
  return (await scope.step('approval', decide, { ...LIST_TERMS, hash: hash({ name, given }) })) === true
}

/** JSON Schema of the answer: yes or no, or one with a comment or other arguments, which the tool itself checks. */
const APPROVAL_ANSWER: JsonSchema = {
  anyOf: [
    { type: 'boolean' },
    {
      type: 'object',
      properties: {
        decision: { enum: ['approve', 'decline'] },
        comment: { type: 'string', description: 'for the model, when declined' },
        args: { type: 'object', description: 'arguments to call it with instead' },
      },
      required: ['decision'],
      additionalProperties: false,
    },
  ],
}

const OPTIONS: readonly QuestionOption[] = [
  { value: true, label: 'Approve', style: 'primary' },
  { value: false, label: 'Decline', style: 'danger' },
]
const ANSWER = schemaFromJson(APPROVAL_ANSWER)

function toAnswer(answer: unknown): Answer {
  if (typeof answer === 'boolean') return { decision: answer ? 'approve' : 'decline' }
  // It fits the schema above.
  return answer as Answer
}
