import { defineScript, type ScriptTurn } from 'agentpolis'

/**
 * What stands in for a model where no key is set. It works as the instructions say, and reads what the tools answer: with other alerts
 * and other logs it finds something else.
 */
export const script = defineScript([
  { when: { agent: 'log-analyst', turn: 0 }, call: ({ text }) => [search(serviceIn(text), { level: 'error' })] },
  { when: { agent: 'log-analyst', turn: 1 }, call: ({ text }) => [search(serviceIn(text), { level: 'warn' })] },
  { when: { agent: 'log-analyst' }, answer: findingOf },

  { when: { agent: 'incident-desk', turn: 0 }, say: 'First, what is alerting?', call: { tool: 'ops_list_alerts' } },
  {
    when: { agent: 'incident-desk', turn: 1 },
    say: (turn) => `${ailing(turn).join(' and ')} look ill. I have their logs read at once, and look at their deploys.`,
    call: (turn) =>
      ailing(turn).flatMap((service) => [
        { tool: 'log-analyst', input: { service, question: `What is wrong with ${service}, and since when?` } },
        { tool: 'ops_list_deploys', input: { service } },
      ]),
  },
  {
    when: (turn) => turn.agent === 'incident-desk' && turn.turn === 2 && culprit(turn) !== undefined,
    say: (turn) => {
      const { service, deploys } = culprit(turn) ?? { service: '', deploys: [] }
      return `${service} ${deploys[0]?.version} went out just before. I would put ${deploys[1]?.version} back.`
    },
    call: (turn) => {
      const { service, deploys } = culprit(turn) ?? { service: '', deploys: [] }
      return [{ tool: 'ops_roll_back', input: { service, version: deploys[1]?.version ?? '' } }]
    },
  },
  {
    when: { agent: 'incident-desk', turn: 3 },
    call: (turn) => ailing(turn).map((service) => ({ tool: 'ops_service_status', input: { service } })),
  },
  { when: { agent: 'incident-desk' }, answer: reportOf },
])

interface Alert {
  readonly service: string
  readonly severity: string
  readonly title: string
}

interface Deploy {
  readonly service: string
  readonly version: string
  readonly at: string
  readonly change: string
}

interface Finding {
  readonly service: string
  readonly finding: string
  readonly since: string
  readonly evidence: readonly string[]
}

function search(service: string, query: object) {
  return { tool: 'ops_search_logs', input: { service, ...query } }
}

/** The service that the desk asks about, from the analyst's input. */
function serviceIn(text: string): string {
  return /"service"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? ''
}

function findingOf(turn: ScriptTurn): Finding {
  const [errors = [], warnings = []] = all<string[]>(turn, 'ops_search_logs')
  const service = serviceIn(turn.text)
  const lines = [...warnings, ...errors].sort()
  const first = lines[0] ?? ''
  const points = /(\w+) (?:timed out|answered after)/.exec(errors[0] ?? '')?.[1]
  const finding =
    points === undefined
      ? `${service} itself fails: ${textIn(errors[0] ?? 'no errors')}. Before the first error it said: ${textIn(first)}.`
      : `${service} fails because ${points} does not answer: ${textIn(errors[0] ?? '')}.`
  return {
    service,
    finding,
    since: first.slice(0, 20),
    evidence: [...new Set([first, ...errors.slice(0, 2)])].filter(Boolean),
  }
}

/** Services with an alert that is more than a note, worst first. */
function ailing(turn: ScriptTurn): readonly string[] {
  const alerts = all<Alert[]>(turn, 'ops_list_alerts')[0] ?? []
  return [...new Set(alerts.filter(({ severity }) => severity !== 'info').map(({ service }) => service))]
}

/** The service whose latest deploy is right before the first sign. */
function culprit(turn: ScriptTurn): { readonly service: string; readonly deploys: readonly Deploy[] } | undefined {
  const since = all<Finding>(turn, 'log-analyst')
    .map((finding) => finding.since)
    .sort()[0]
  const found = all<Deploy[]>(turn, 'ops_list_deploys').find(
    ([latest]) => latest !== undefined && isJustBefore(latest.at, since),
  )
  return found?.[1] === undefined ? undefined : { service: found[0]?.service ?? '', deploys: found }
}

function isJustBefore(at: string, since: string | undefined): boolean {
  const minutes = (Date.parse(since ?? '') - Date.parse(at)) / 60_000
  return minutes >= 0 && minutes < 15
}

function reportOf(turn: ScriptTurn) {
  const findings = all<Finding>(turn, 'log-analyst')
  const statuses = all<{ readonly service: string; readonly version: string; readonly healthy: boolean }>(
    turn,
    'ops_service_status',
  )
  const found = culprit(turn)
  const refused = turn.results.find(({ name, output }) => name === 'ops_roll_back' && output.kind === 'error')
  const rolledBack = rolledBackIn(turn)
  const [worst] = all<Alert[]>(turn, 'ops_list_alerts')[0] ?? []
  const now = statuses.map(({ service, version }) => `${service} ${version}`).join(', ')
  return {
    summary: worst === undefined ? 'Nothing is alerting.' : `${worst.service}: ${worst.title}`,
    cause:
      found === undefined ? 'Not found.' : `${found.service} ${found.deploys[0]?.version}: ${found.deploys[0]?.change}`,
    evidence: findings.flatMap(({ evidence }) => evidence.slice(0, 2)),
    action:
      rolledBack === undefined
        ? `Nothing was changed: ${refused === undefined ? 'no deploy explains it' : String(refused.output.value)}.`
        : `Rolled ${rolledBack.service} back to ${rolledBack.version}. Now running: ${now}.`,
    healthy: statuses.every(({ healthy }) => healthy),
  }
}

/** What was rolled back: a human may have chosen another version, or another service. */
function rolledBackIn(turn: ScriptTurn): Pick<Deploy, 'service' | 'version'> | undefined {
  const [answer] = all<Pick<Deploy, 'service' | 'version'> | { readonly result: string }>(turn, 'ops_roll_back')
  return answer !== undefined && 'result' in answer ? JSON.parse(answer.result) : answer
}

/** What each call of a tool answered, in order; failures are left out. */
function all<T>({ results }: ScriptTurn, tool: string): T[] {
  return results.flatMap(({ name, output }) => {
    if (name !== tool || output.kind === 'error') return []
    // Tools of this project answer JSON of these shapes.
    return [(output.kind === 'text' ? JSON.parse(String(output.value)) : output.value) as T]
  })
}

function textIn(line: string): string {
  return line.replace(/^\S+ +\w+ +/, '')
}
