/**
 * Answering a run's questions where it is followed.
 *
 * Role: shows the oldest open question below the held tree, reads a line, and gives it as answer.
 * Boundary: it needs a terminal to read from, in its usual line mode, so that Ctrl-C stays a signal.
 *
 * 1. One question is asked at a time; the tree stands still meanwhile and goes on after it.
 * 2. A question that someone else answers, or whose run ends, is withdrawn at once.
 */
import { createInterface, type Interface } from 'node:readline'
import { PolisError } from '../core/error.ts'
import type { CliClient } from './connection.ts'
import type { Io } from './io.ts'
import { answerHint } from './parse-answer.ts'
import { isApproval, readAnswer } from './question/read-answer.ts'
import { brief } from './terminal/brief.ts'
import { escapeText } from './terminal/escape.ts'
import { textWidth } from './terminal/width.ts'
import type { OpenQuestion, RunTree } from './tree.ts'

/** Asks whoever sits at the terminal. */
export interface Prompter {
  /** Looks whether there is something to ask, or to withdraw; to be called after each entry. */
  check(): void
  /** Withdraws what is asked and lets go of standard input. */
  close(): void
}

/** What a prompter needs. */
export interface PrompterOptions {
  readonly io: Io
  readonly tree: RunTree
  readonly client: CliClient
}

/** A prompter over a terminal; one that never asks where standard input is none. */
export function createPrompter({ io, tree, client }: PrompterOptions): Prompter {
  if (!io.stdin.isTTY || !io.stdout.isTTY) return { check() {}, close() {} }
  const lines = createInterface({ input: io.stdin.stream, terminal: false })
  let asked: { readonly key: string; readonly withdraw: () => void } | undefined
  // The terminal shows what is typed while nothing is asked: the tree must know, and nobody wants it as an answer.
  lines.on('line', (line) => {
    if (asked === undefined) tree.pushed(1 + Math.floor(textWidth(escapeText(line)) / io.stdout.columns))
  })
  const check = () => {
    const [question] = tree.questions()
    const key = question && keyOf(question)
    if (asked?.key === key) return
    asked?.withdraw()
    asked = question && key ? { key, withdraw: ask(question) } : undefined
  }
  const ask = (question: OpenQuestion) => {
    const below = createBelow(io)
    tree.hold()
    below.write(promptOf(question))
    const onLine = (line: string) => {
      below.typed(line)
      answer(client, question, line).then(withdraw, (reason) => {
        below.write(`${escapeText(PolisError.from(reason).message)}\n${promptOf(question)}`)
      })
    }
    const withdraw = () => {
      if (!off(lines, onLine)) return
      tree.resume(below.lines())
    }
    lines.on('line', onLine)
    return withdraw
  }
  return {
    check,
    close() {
      asked?.withdraw()
      asked = undefined
      lines.close()
    },
  }
}

function off(lines: Interface, listener: (line: string) => void): boolean {
  const there = lines.listeners('line').includes(listener)
  lines.off('line', listener)
  return there
}

async function answer(client: CliClient, question: OpenQuestion, line: string): Promise<void> {
  const { run, id } = question
  try {
    await client.runs.answer(run, id, await readAnswer(line, question))
  } catch (reason) {
    // Someone was faster: the question is answered, which is all that was wanted.
    if (PolisError.from(reason).code !== 'ALREADY_ANSWERED') throw reason
  }
}

function promptOf({ question, about, schema, options }: OpenQuestion): string {
  const subject = about === undefined ? '' : ` (${escapeText(brief(about))})`
  const choices = options?.map(({ label, value }, at) => `${at + 1} ${label ?? brief(value)}`).join('/')
  const others = isApproval({ schema, about }) ? ', n REASON, or JSON with other args' : ''
  return `${escapeText(question)}${subject} [${escapeText(choices ?? answerHint(schema))}${others}] › `
}

function keyOf({ run, id }: OpenQuestion): string {
  return `${run} ${id}`
}

// Counts the lines that prompts and typed text take, wrapped ones too, so that the tree can be drawn over them.
function createBelow(io: Io): { write(text: string): void; typed(line: string): void; lines(): number } {
  let complete = 0
  let current = 0
  const rows = (cells: number) => Math.floor(Math.max(0, cells - 1) / io.stdout.columns)
  const endLine = () => {
    complete += 1 + rows(current)
    current = 0
  }
  return {
    write(text) {
      io.stdout.write(text)
      for (const [at, part] of text.split('\n').entries()) {
        if (at > 0) endLine()
        current += textWidth(part)
      }
    },
    typed(line) {
      current += textWidth(escapeText(line))
      endLine()
    },
    lines: () => complete + rows(current),
  }
}
