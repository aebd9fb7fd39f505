/**
 * The agents of the soak, as files of a project. Each effect leaves a line in a log of its own, with a nonce that the step's result names
 * too: a line of a step after the one that was recorded is a repeat.
 */
export const AGENTS: Readonly<Record<string, string>> = {
  'act.ts': `import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
export function act(step) {
  const nonce = randomBytes(8).toString('hex')
  appendFileSync(process.env.SOAK_LOG, step.key + ' ' + nonce + '\\n')
  return { nonce }
}
`,
  'agents/chain.ts': agent(
    'chain',
    `for (let at = 0; at < 5; at++) await context.step('act', act, { effect: at % 2 === 0 ? 'read' : 'idempotent' })
    return input.n`,
  ),
  'agents/sleeper.ts': agent(
    'sleeper',
    `await context.step('act', act, { effect: 'idempotent' })
    await context.sleep(1500)
    await context.step('act', act, { effect: 'idempotent' })
    return input.n`,
  ),
  'agents/listener.ts': agent(
    'listener',
    `const { n } = await context.receive('word', z.object({ n: z.number() }))
    await context.step('act', act, { effect: 'idempotent' })
    return n`,
  ),
  'agents/family.ts': agent(
    'family',
    `const both = await context.all([
      (own) => own.call('chain', { n: input.n }),
      (own) => own.call('sleeper', { n: input.n }),
    ])
    return (both[0] + both[1]) / 2`,
  ),
  'agents/talker.ts': agent(
    'talker',
    `const count = ((await context.session.get()) ?? 0) + 1
    await context.step('act', act, { effect: 'idempotent' })
    await context.session.set(count)
    return count`,
  ),
}

function agent(name: string, body: string): string {
  return `import { defineAgent } from 'agentpolis'
import { z } from 'zod'
import { act } from '../act.ts'
export default defineAgent({
  name: '${name}',
  async run(context, input) {
    ${body}
  },
})
`
}
