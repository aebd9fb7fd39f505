/** The files of a new project by their paths. */
export function projectFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(packageJson(name, version), null, 2)}\n`,
    'polis.config.ts': CONFIG,
    'agents/hello.ts': AGENT,
    'tests/hello.test.ts': TEST,
    'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`,
    '.gitignore': 'node_modules/\n.polis/\n',
    'README.md': readme(name),
  }
}

function packageJson(name: string, version: string): unknown {
  return {
    name,
    private: true,
    type: 'module',
    engines: { node: '>=26' },
    scripts: { dev: 'polis dev', test: 'node --test "tests/*.test.ts"', check: 'tsc' },
    dependencies: { agentpolis: `^${version}`, zod: '^4.0.0' },
    devDependencies: { '@types/node': '^26.0.0', typescript: '^7.0.0' },
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2025',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['agents', 'tests', 'polis.config.ts'],
}

const CONFIG = `import { defineConfig } from 'agentpolis'

export default defineConfig({
  // Settings, by the names of the reference: 'polis doctor' checks them.
  settings: {},
  // MCP servers, whose tools an agent calls with context.tool(server, tool, args).
  servers: {},
  // Runs that start by themselves.
  schedules: {},
})
`

const AGENT = `import { defineAgent } from 'agentpolis'
import { z } from 'zod'

export default defineAgent({
  name: 'hello',
  description: 'Greets someone, after asking whether it should.',
  input: z.object({ name: z.string().default('world') }),
  output: z.object({ greeting: z.string() }),
  async run(context, { name }) {
    // A step runs once: when the process dies after it, its result comes from the journal.
    const greeting = await context.step('compose', () => \`Hello, \${name}!\`)
    // A question waits as long as it takes, and holds no memory meanwhile.
    const send = await context.ask(\`Send "\${greeting}"?\`, z.boolean(), { name: 'send' })
    return { greeting: send ? greeting : '' }
  },
})
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAgent } from 'agentpolis/testing'
import hello from '../agents/hello.ts'

const options = { input: { name: 'Ada' }, answers: { send: true } }

test('hello greets by name once it may', async () => {
  const run = await testAgent(hello, options)
  assert.deepEqual(run.output, { greeting: 'Hello, Ada!' })
})

test('a crash at any point changes nothing', async () => {
  const run = await testAgent(hello, { ...options, crash: { everyStep: true } })
  assert.deepEqual(run.output, { greeting: 'Hello, Ada!' })
})
`

function readme(name: string): string {
  return `# ${name}

Agents in \`agents/\`, run durably by [Agentpolis](https://www.npmjs.com/package/agentpolis). It needs Node 26 or newer.

\`\`\`sh
npm install
npm test
npx polis run hello --input '{"name":"Ada"}' --follow
npx polis dev        # serves the REST API, and reloads agents when their code changes
npx polis doctor     # checks everything, with advice
\`\`\`
`
}
