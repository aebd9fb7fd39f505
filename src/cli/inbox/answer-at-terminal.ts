/**
 * Answering questions of the inbox, one after the other, at a terminal.
 *
 * Role: lets someone choose a question by its number, shows it whole, reads and checks the answer, and gives it.
 * Boundary: the list is the one that was printed; a question that was answered elsewhere meanwhile says so.
 */
import { PolisError } from '../../core/error.ts'
import type { QuestionView } from '../../core/route/wire.ts'
import type { CliClient } from '../connection.ts'
import type { Context } from '../context.ts'
import { editable, readAnswer, readEdited } from '../question/read-answer.ts'
import { answerPrompt, questionLines } from '../question/show-question.ts'
import { escapeText } from '../terminal/escape.ts'
import { createLineReader } from '../terminal/line-reader.ts'

/** Answers questions of the list until nothing is typed. */
export async function answerAtTerminal(
  client: CliClient,
  questions: readonly QuestionView[],
  context: Context,
): Promise<void> {
  const { io, style } = context
  using lines = readLines(io)
  for (;;) {
    const typed = await lines.read(`Answer which? [1-${questions.length}, Enter leaves] › `)
    if (typed === undefined || typed.trim() === '') return
    const question = questions[Number(typed.trim()) - 1]
    if (question === undefined) context.print(style.red(escapeText(`There is no question ${typed.trim()}`)))
    else await answerOne(client, question, lines, context)
  }
}

async function answerOne(client: CliClient, question: QuestionView, lines: Lines, context: Context): Promise<void> {
  const { print, style, io } = context
  print(...questionLines(question, style, io.clock.now()))
  for (;;) {
    try {
      const answer = await askFor(question, lines)
      if (answer === undefined) return
      await client.runs.answer(question.run, question.id, answer.value)
      return print(style.green('answered'))
    } catch (reason) {
      const { code, message } = PolisError.from(reason)
      print(style.red(escapeText(message)))
      if (code !== 'INVALID_INPUT' && code !== 'INVALID_ARGUMENT') return
    }
  }
}

// Nothing typed leaves the question as it is.
async function askFor(question: QuestionView, lines: Lines): Promise<{ readonly value: unknown } | undefined> {
  const typed = await lines.read(answerPrompt(question))
  if (typed === undefined || typed.trim() === '') return undefined
  const text = typed.trim() === 'e' ? editable(question) : undefined
  if (text === undefined) return { value: await readAnswer(typed, question) }
  const edited = await lines.read('JSON › ', text)
  return edited === undefined ? undefined : { value: await readEdited(edited, question) }
}

interface Lines extends Disposable {
  /** The next line; undefined at the end of the input, and at Ctrl-C. */
  read(prompt: string, text?: string): Promise<string | undefined>
}

function readLines(io: Context['io']): Lines {
  let give: (line: string | undefined) => void = () => {}
  let over = false
  const end = () => {
    over = true
    give(undefined)
  }
  const reader = createLineReader(io, { line: (text) => give(text), interrupt: end, end })
  io.stop.addEventListener('abort', end, { once: true })
  return {
    async read(prompt, text) {
      if (over) return undefined
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      give = resolve
      reader.prompt(prompt, text)
      return promise
    },
    [Symbol.dispose]() {
      reader.hide()
      reader.close()
    },
  }
}
