import { type Fixture, writeProject } from '../../src/agent/project/fixture.ts'
import { agentFile } from '../lifecycle/project.ts'

const evals = new URL('../../src/evals.ts', import.meta.url).href
const index = new URL('../../src/index.ts', import.meta.url).href

/** Answers after `ms`, notes that it did, and asks before it greets Shy. */
export const GREETER = `
    await context.step('compose', async () => {
      await sleep(input.ms ?? 0)
      note(input.log, input.name)
    })
    if (input.name === 'Nobody') throw new Error('nobody is there')
    if (input.name === 'Shy') await context.ask('May I?', anything, { name: 'may-i' })
    return { greeting: 'Hello, ' + input.name }`

/** Without a dependency, a schema that lets everything through. */
const ANYTHING = `const anything: any = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }\n`

/** A project with an agent \`greeter\`, an agent \`clerk\` that a scripted model leads, and these evals by their names. */
export async function writeEvals(bodies: Readonly<Record<string, string>>, greeter = GREETER): Promise<Fixture> {
  const files = Object.entries(bodies).map(([name, body]) => [`evals/${name}.eval.ts`, evalFile(name, body)] as const)
  return writeProject({
    'agents/greeter.ts': ANYTHING + agentFile('greeter', greeter),
    'agents/clerk.ts': CLERK,
    'polis.config.ts': CONFIG,
    ...Object.fromEntries(files),
  })
}

/** The text of an eval's file. Its body are options beside the name. */
function evalFile(name: string, body: string): string {
  return `import { contains, cost, defineEval, duration, exact, file, modelJudged, runs, steps, toolsCalled, weighted } from '${evals}'
export default defineEval({ name: '${name}', ${body} })
`
}

const CLERK = `import { defineAgent, tool } from '${index}'
const anything: any = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }), jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) } } }
const search = tool({ name: 'search', description: 'Finds orders', input: anything, effect: 'read', run: () => 'order 7 is late' })
export default defineAgent({ name: 'clerk', model: 'demo/clerk', instructions: 'Help.', tools: [search] })
`

const CONFIG = `import { defineConfig, defineScript } from '${index}'
export default defineConfig({
  models: {
    providers: {
      demo: {
        kind: 'scripted',
        script: defineScript([
          { when: { model: 'judge' }, answer: (turn: any) => JSON.parse(turn.text).output.includes('late') ? { grade: 5, reason: 'says that it is late' } : { grade: 1, reason: 'says nothing' } },
          { when: { after: ['search'] }, say: (turn: any) => 'Sorry: ' + turn.result('search') },
          { when: { tools: ['search'] }, call: { tool: 'search', input: { order: 7 } } },
        ]),
      },
    },
  },
})
`
