import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import type { LoadedEval } from '../load-evals.ts'
import type { PlannedCase } from '../plan.ts'
import { brief } from '../scorer/path.ts'
import type { CaseSource, EvalCase } from './data.ts'
import { type PickOptions, pickRuns } from './pick-runs.ts'
import { readCases } from './read-file.ts'

/**
 * All cases of an eval, each with a key of its own: its name, else a hash of its input, so that results of another day find it again.
 *
 * Rejects with INVALID_CONFIG, naming the eval's file, for what cannot be read, and where there is no case at all.
 */
export async function collectCases(
  { definition, file, shown }: LoadedEval,
  options: PickOptions,
): Promise<readonly PlannedCase[]> {
  const cases: EvalCase[] = []
  for (const source of definition.data) cases.push(...(await casesOf(source, file, shown, options)))
  if (cases.length === 0)
    throw new PolisError('INVALID_CONFIG', `${shown}: option data: expected at least one case, and there is none`)
  return withKeys(cases)
}

/** Reads every file that an eval names, to find what is wrong before anything is spent. */
export async function checkFiles({ definition, file, shown }: LoadedEval): Promise<void> {
  for (const source of definition.data) if (isFile(source)) await casesOfFile(source, file, shown)
}

/** Only those that have the tag, or the text in their name. */
export function filterCases(cases: readonly PlannedCase[], filter: string | undefined): readonly PlannedCase[] {
  if (filter === undefined) return cases
  const wanted = filter.toLowerCase()
  return cases.filter(({ name, tags }) => tags.includes(filter) || name.toLowerCase().includes(wanted))
}

async function casesOf(
  source: CaseSource,
  file: string,
  shown: string,
  options: PickOptions,
): Promise<readonly EvalCase[]> {
  if (isFile(source)) return casesOfFile(source, file, shown)
  if ('kind' in source && source.kind === 'runs') return pickRuns(source, options)
  // `defineEval` let only cases and these two through.
  return [source as EvalCase]
}

async function casesOfFile(
  source: Extract<CaseSource, { kind: 'file' }>,
  file: string,
  shown: string,
): Promise<readonly EvalCase[]> {
  try {
    return await readCases(source, file)
  } catch (cause) {
    const error = PolisError.from(cause)
    throw new PolisError(error.code, `${shown}: ${error.message}`, { cause })
  }
}

function isFile(source: CaseSource): source is Extract<CaseSource, { kind: 'file' }> {
  return 'kind' in source && source.kind === 'file'
}

function withKeys(cases: readonly EvalCase[]): readonly PlannedCase[] {
  const seen = new Map<string, number>()
  return cases.map(({ name, input, expected, tags = [] }) => {
    const base = name ?? hash(input).slice(0, 12)
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return {
      key: count === 1 ? base : `${base}#${count}`,
      name: name ?? brief(input, 60),
      tags,
      input,
      ...(expected === undefined ? {} : { expected }),
    }
  })
}
