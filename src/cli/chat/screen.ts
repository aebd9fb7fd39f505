import { formatDuration } from '../../core/duration.ts'
import type { TranscriptMessage } from '../../core/transcript.ts'
import type { Output } from '../io.ts'
import { escapeLines, escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'

/** A conversation on a terminal, from top to bottom. */
export interface Screen {
  message(message: TranscriptMessage): void
  delta(step: string, text: string): void
  reset(step: string): void
  progress(text: string): void
  toolEnded(name: string, milliseconds: number, failure: string | undefined): void
  /** Lines of the command's own, already escaped. */
  lines(...lines: readonly string[]): void
  /** Ends a line that an answer has begun. */
  settle(): void
}

const SCRIPTED = '[scripted]'

/** Draws what it is told; an answer that streams is written as it comes, and completed from its record. */
export function createScreen(output: Output, style: Style): Screen {
  // The answer on its way: what of it is on the screen.
  let streamed: { readonly step: string; text: string } | undefined
  const calls = new Map<string, string>()
  const lines = (...given: readonly string[]) => {
    settle()
    output.write(given.map((line) => `${line}\n`).join(''))
  }
  const settle = () => {
    if (streamed !== undefined && streamed.text !== '') output.write('\n')
    streamed = undefined
  }
  const answer = ({ text, scripted, error }: TranscriptMessage) => {
    const label = scripted ? ` ${style.dim(SCRIPTED)}` : ''
    if (error !== undefined) return lines(...errorLines(error, style))
    if (streamed !== undefined && streamed.text !== '' && text.startsWith(streamed.text)) {
      output.write(`${escapeLines(text.slice(streamed.text.length))}${label}`)
      return settle()
    }
    lines(`${escapeLines(text)}${label}`)
  }
  return {
    lines,
    settle,
    delta(step, text) {
      if (streamed?.step !== step) settle()
      streamed ??= { step, text: '' }
      streamed.text += text
      output.write(escapeLines(text))
    },
    reset(step) {
      if (streamed?.step !== step || streamed.text === '') return
      lines(style.dim('… once more'))
    },
    progress: (text) => lines(style.dim(`  … ${escapeText(text)}`)),
    toolEnded(name, milliseconds, failure) {
      const call = calls.get(normal(name))
      if (call === undefined) return
      calls.delete(normal(name))
      const took = style.dim(formatDuration(Math.max(0, milliseconds)))
      if (failure === undefined) lines(`  ${style.green('✓')} ${escapeText(call)}  ${took}`)
      else lines(`  ${style.red('✗')} ${escapeText(call)}  ${took}  ${escapeText(failure)}`)
    },
    message(message) {
      if (message.role === 'assistant') return answer(message)
      if (message.role === 'tool' && message.name !== undefined) calls.set(normal(message.name), message.name)
      lines(...plainLines(message, style))
    },
  }
}

function plainLines(
  { role, text, by, name, attachments = [], error }: TranscriptMessage,
  style: Style,
): readonly string[] {
  const who = by === undefined || by === 'anonymous' ? '' : `${escapeText(by)} `
  if (role === 'user') {
    const files = attachments.map((file) => style.dim(`  + ${escapeText(file.name ?? file.blob)}`))
    return [`${style.cyan(`${who}›`)} ${escapeLines(text)}`, ...files]
  }
  if (role === 'question') return [style.bold(`? ${escapeText(text)}`)]
  if (role === 'answer') return [style.dim(`  ${who}→ ${escapeText(text)}`)]
  const failed = error === undefined ? '' : `  ${escapeText(error.message)}`
  return [style.dim(`  → ${escapeText(name ?? '')} ${escapeText(text)}${failed}`.trimEnd())]
}

function errorLines({ code, message }: NonNullable<TranscriptMessage['error']>, style: Style): readonly string[] {
  if (code === 'CANCELLED') return [style.dim(`— ${escapeText(message)}`)]
  return [style.red(`✗ ${escapeText(code)}: ${escapeText(message)}`)]
}

// A model knows a tool as files_read whose step is files.read.
function normal(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '_')
}
