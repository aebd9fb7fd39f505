/** What `npm start` runs: the incident desk to its end, at night, with a human who agrees. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { showExample } from '../../scripts/show-example.ts'

const dir = import.meta.dirname
const hasKey = Boolean(process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY)

// The shop is ill again each time.
await rm(join(dir, '.polis/ops.json'), { force: true })
await showExample(
  {
    dir,
    agent: 'incident-desk',
    input: 'The shop is alerting. Find out why, and put it right.',
    answer: ({ id }) => (id.endsWith('budget') ? 1 : true),
    intro: hasKey
      ? []
      : [
          'No key is set, so a scripted model stands in. With OPENAI_API_KEY or ANTHROPIC_API_KEY a real one investigates.',
        ],
    show: async (output) => show(output as Report), // As the agent's schema says.
    tries: ['polis runs list', 'polis costs --by model', 'polis chat incident-desk'],
  },
  process.argv.slice(2),
)

interface Report {
  readonly summary: string
  readonly cause: string
  readonly evidence: readonly string[]
  readonly action: string
  readonly healthy: boolean
}

function show({ summary, cause, evidence, action, healthy }: Report): readonly string[] {
  return [
    `What customers saw   ${summary}`,
    `Cause                ${cause}`,
    `Done                 ${action}`,
    `All well now         ${healthy ? 'yes' : 'no'}`,
    'Evidence',
    ...evidence.map((line) => `  ${line}`),
    '',
  ]
}
