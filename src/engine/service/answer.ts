import { type JsonSchema, schemaFromJson, validate } from '../../core/schema.ts'
import { answerQuestion, notOpen } from './control.ts'
import { findRun, type ServiceDependencies } from './dependencies.ts'
import type { Caller, QuestionView } from './service.ts'
import { toQuestionView } from './view.ts'

/** Checks an answer against its question's schema, then gives it; the first one wins. */
export async function checkAndAnswer(
  dependencies: ServiceDependencies,
  caller: Caller,
  { run, question, answer }: { readonly run: string; readonly question: string; readonly answer: unknown },
): Promise<void> {
  const record = await findRun(dependencies, caller, run)
  const open = await dependencies.store.index.question(caller.tenant, run, question)
  const schema = open === undefined ? undefined : toQuestionView(open).schema
  if (typeof schema === 'object' && schema !== null) {
    // What the engine made of a question's schema is a JSON Schema.
    await validate(compiled(schema as JsonSchema), answer, `answer to question ${question}`)
  }
  await answerQuestion(dependencies, caller, record, question, answer)
}

/** The open question; NOT_FOUND where the run never asked it, ALREADY_ANSWERED where it is not open any more. */
export async function findQuestion(
  dependencies: ServiceDependencies,
  caller: Caller,
  run: string,
  question: string,
): Promise<QuestionView> {
  const open = await dependencies.store.index.question(caller.tenant, run, question)
  if (open !== undefined) return toQuestionView(open)
  throw await notOpen(dependencies, await findRun(dependencies, caller, run), question)
}

/** Compiling a schema takes far longer than checking with it: the last ones are kept. */
const KEPT = 200
const SCHEMAS = new Map<string, ReturnType<typeof schemaFromJson>>()

function compiled(schema: JsonSchema): ReturnType<typeof schemaFromJson> {
  const key = JSON.stringify(schema)
  const known = SCHEMAS.get(key)
  if (known !== undefined) return known
  const made = schemaFromJson(schema)
  const [oldest] = SCHEMAS.keys()
  if (SCHEMAS.size >= KEPT && oldest !== undefined) SCHEMAS.delete(oldest)
  SCHEMAS.set(key, made)
  return made
}
