import type { ClusterApi } from '../api.ts'
import type { PodLog } from '../progress.ts'
import type { Reason } from './verdict.ts'

/** Pods whose logs are shown, and lines of each. */
const PODS = 2
const LINES = 12

/** What the containers of a few pods wrote last; nothing of those whose log may not be read. */
export async function logsOf(api: ClusterApi, reasons: readonly Reason[]): Promise<readonly PodLog[]> {
  const wanted = reasons.flatMap(({ ref, troubles }) =>
    troubles.map((trouble) => ({ trouble, namespace: ref.namespace ?? '' })),
  )
  const logs = await Promise.all(
    wanted
      .filter(({ trouble }) => trouble.log !== undefined)
      .slice(0, PODS)
      .map(async ({ trouble, namespace }) => {
        const { container = '', previous = false } = trouble.log ?? {}
        const options = { container, previous, lines: LINES }
        // The reason stands without it.
        const text = await api.log({ name: trouble.pod, namespace }, options).catch(() => '')
        return { trouble, lines: text.split('\n').filter((line) => line !== '') }
      }),
  )
  return logs.filter(({ lines }) => lines.length > 0)
}
