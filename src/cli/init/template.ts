/** The files of a new project by their paths. */
export function projectFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(packageJson(name, version), null, 2)}\n`,
    'polis.config.ts': CONFIG,
    'agents/assistant.ts': ASSISTANT,
    'prompts/assistant.md': PROMPT,
    'script.ts': SCRIPT,
    'tests/assistant.test.ts': ASSISTANT_TEST,
    'agents/hello.ts': HELLO,
    'tests/hello.test.ts': HELLO_TEST,
    'evals/hello.eval.ts': HELLO_EVAL,
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
    scripts: { dev: 'polis dev', test: 'node --test "tests/*.test.ts"', eval: 'polis eval', check: 'tsc' },
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
  include: ['agents', 'tests', 'evals', 'script.ts', 'polis.config.ts'],
}

const CONFIG = `import { defineConfig } from 'agentpolis'
import script from './script.ts'

export default defineConfig({
  models: {
    // A script plays the model, so that all works without a key. For a real one, set OPENAI_API_KEY or ANTHROPIC_API_KEY
    // and say here which: { assistant: 'anthropic/claude-sonnet-5-5' }, or several, tried in their order.
    aliases: { assistant: 'scripted/weather' },
    providers: {
      scripted: { kind: 'scripted', script, pace: '40ms' },
      // A model of your own, behind any server that speaks OpenAI's protocol (Ollama, llama.cpp, vLLM):
      // local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' },
    },
  },
  // Settings, by the names of the reference: 'polis doctor' checks them.
  settings: {},
  // MCP servers, whose tools a model gets with tools: ['NAME'], and code calls with context.tool(server, tool, args).
  servers: {},
  // Runs that start by themselves.
  schedules: {},
})
`

const ASSISTANT = `import { defineAgent, tool } from 'agentpolis'
import { z } from 'zod'

const weather = tool({
  name: 'weather',
  description: 'The weather in a city now.',
  input: z.object({ city: z.string() }),
  effect: 'read',
  // Each call is a step: recorded once, and not made again after a crash.
  run: ({ city }) => ({ city, sky: 'clear', celsius: 21 }),
})

export default defineAgent({
  name: 'assistant',
  description: 'Answers questions about the weather.',
  // An alias: polis.config.ts says which model it is.
  model: 'assistant',
  instructions: { file: 'prompts/assistant.md' },
  tools: [weather],
  limits: { turns: 10 },
})
`

const PROMPT = `You answer questions about the weather, in one or two sentences.
Look the weather up before you speak of it.
`

const SCRIPT = `import { defineScript } from 'agentpolis'

// What the scripted model says: the first rule that holds answers. Everything that it says is shown as scripted.
export default defineScript([
  {
    when: { after: ['weather'] },
    say: ({ result }) => \`Here is what I found: \${JSON.stringify(result('weather'))}. A good day for a walk!\`,
  },
  {
    when: { text: /weather in (\\w+)/i },
    say: 'Let me look. ',
    call: ({ text }) => [{ tool: 'weather', input: { city: /weather in (\\w+)/i.exec(text)?.[1] ?? '' } }],
  },
  { say: 'I am a script, and know only questions such as: What is the weather in Lisbon?' },
])
`

const ASSISTANT_TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAgent } from 'agentpolis/testing'
import assistant from '../agents/assistant.ts'
import script from '../script.ts'

test('the assistant looks the weather up, and a crash at any point changes nothing', async () => {
  const run = await testAgent(assistant, {
    input: 'What is the weather in Lisbon?',
    models: script,
    crash: { everyStep: true },
  })
  assert.match(run.output, /"city":"Lisbon"/)
  assert.deepEqual([...run.steps.keys()], ['model', 'weather', 'model#2'])
})
`

const HELLO = `import { defineAgent } from 'agentpolis'
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

const HELLO_TEST = `import assert from 'node:assert/strict'
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

const HELLO_EVAL = `import { defineEval, duration, exact } from 'agentpolis/evals'
import hello from '../agents/hello.ts'

// 'polis eval' runs the agent on each case and scores what comes of it, from 0 to 1.
export default defineEval({
  name: 'hello',
  agent: hello,
  data: [
    { name: 'a name', input: { name: 'Ada' }, expected: { greeting: 'Hello, Ada!' } },
    { name: 'no name', input: {}, expected: { greeting: 'Hello, world!' } },
  ],
  scorers: { greeting: exact('greeting'), quick: duration('5s') },
  threshold: 0.9,
  // What humans would be asked.
  answers: { send: true },
})
`

function readme(name: string): string {
  return `# ${name}

Agents in \`agents/\`, run durably by [Agentpolis](https://www.npmjs.com/package/agentpolis). It needs Node 26 or newer.

\`assistant\` is led by a model, which a script plays until \`polis.config.ts\` names a real one; \`hello\` is led by code.

\`\`\`sh
npm install
npm test
npx polis run assistant --input 'What is the weather in Lisbon?' --follow
npx polis run hello --input '{"name":"Ada"}' --follow
npx polis eval       # measures the agent by evals/, and compares releases
npx polis dev        # serves the REST API, and reloads agents when their code changes
npx polis doctor     # checks everything, with advice
\`\`\`
`
}
