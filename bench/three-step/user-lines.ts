import { existsSync, readFileSync } from 'node:fs'

/** How many lines a user writes, without imports: those between the marks in a rival's module, or in the `workflow.mjs` beside it. */
export function userLines(module: string): number {
  const beside = new URL(`../peer/${module}${module.endsWith('.mjs') ? '' : '.ts'}`, import.meta.url)
  const built = new URL('workflow.mjs', beside)
  const text = readFileSync(existsSync(built) ? built : beside, 'utf8')
  const [, marked = ''] = /\/\/ user code\n([\s\S]*?)\/\/ end of user code/.exec(text) ?? []
  return marked.split('\n').filter((line) => !/^\s*(\/\/|import |$)/.test(line)).length
}
