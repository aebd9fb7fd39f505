import { type Fixture, writeProject } from '../../src/agent/project/fixture.ts'

/** A project in a folder of its own whose agents' code is given by their names: the bodies of `run(context, input)`. */
export function writeAgents(
  bodies: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Fixture> {
  const agents = Object.entries(bodies).map(([name, body]) => [`agents/${name}.ts`, agentFile(name, body)] as const)
  return writeProject({ ...Object.fromEntries(agents), ...files })
}

/** The file of one agent. Its body may use `sleep(ms)`, which waits outside the engine, and `note(file, text)`, which appends a line. */
export function agentFile(name: string, body: string): string {
  const define = new URL('../../src/agent/define-agent.ts', import.meta.url).href
  return `import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineAgent } from '${define}'
const note = (file: string, text: string) => appendFileSync(file, text + '\\n')
export default defineAgent({
  name: '${name}',
  run: async (context, input: any) => {
    ${body}
  },
})
`
}
