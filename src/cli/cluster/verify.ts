import { resolve } from 'node:path'
import { lastGood, newestOf, refuseOtherEnvironment } from '../../cluster/revision/history.ts'
import { createRecords } from '../../cluster/revision/records.ts'
import type { Revision } from '../../cluster/revision/revision.ts'
import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { systemRandom, uuid } from '../../core/random.ts'
import type { Plan } from '../../manifest/plan.ts'
import { renderManifests } from '../../manifest/render.ts'
import type { Cli, Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import { writeOut } from '../write-out.ts'
import type { ClusterFlags } from './flags.ts'
import { clientOf } from './holds-runs.ts'
import { openCluster, serviceIn } from './open-deployment.ts'
import { runSmoke, type SmokeResult } from './run-smoke.ts'
import { revisionJson } from './show-outcome.ts'
import { toJunit } from './smoke-junit.ts'

/** Its options. */
export interface VerifyFlags extends ClusterFlags {
  readonly junit?: string
}

/** Executes the smoke runs, and tells how they went. Answers the exit code. */
export async function verify(flags: VerifyFlags, context: Context, cli: Cli): Promise<number> {
  const plan = await cli.ports.plan({ dir: context.dir, environment: flags.env, image: flags.image })
  if (plan.spec.smoke.length === 0) throw noRuns(plan)
  const { client, revision } = await reach(flags, plan, context, cli)
  const unfit = revision === undefined ? undefined : unfitness(revision)
  // A report without a test would read as a good one.
  const unrun: SmokeResult = { name: 'revision', agent: '', passed: false, failure: unfit ?? '', ms: 0 }
  const results = unfit === undefined ? await runAll(plan, client, context) : [unrun]
  if (flags.junit !== undefined)
    await writeOut(resolve(context.io.cwd, flags.junit), toJunit(plan.environment, results), '--junit')
  const passed = results.every((result) => result.passed)
  const facts = { environment: plan.environment, passed, ...(unfit === undefined ? {} : { failure: unfit }) }
  if (context.json)
    context.document({ ...facts, revision: revision === undefined ? null : revisionJson(revision), runs: results })
  else context.print(...summary(facts, results, revision, context))
  return passed ? 0 : 1
}

async function reach(flags: VerifyFlags, plan: Plan, context: Context, cli: Cli) {
  const { url, apiKey } = context
  if (url !== undefined) {
    const { createClient } = await import('../../client/index.ts')
    return { client: createClient({ url, ...(apiKey === undefined ? {} : { apiKey }) }), revision: undefined }
  }
  const api = await openCluster(flags, context, cli)
  const revisions = await createRecords(api, plan).list()
  const revision = newestOf(revisions)
  const service = serviceIn(renderManifests(plan).flatMap(({ objects }) => objects))
  if (revision === undefined)
    throw new PolisError('NOT_FOUND', `There is no deployment ${plan.name} in the namespace ${plan.namespace}`, {
      details: { hint: "Apply it first with 'polis apply', or give --url" },
    })
  refuseOtherEnvironment(revisions, plan)
  if (revision.target.release !== plan.release)
    context.note(
      `warning: what is deployed is release ${escapeText(revision.target.release)}, and this project is ${plan.release}`,
    )
  const isBack = revision.cause.kind === 'rollback' && revision === lastGood(revisions)
  if (isBack)
    context.note(
      `revision ${revision.number} is a rollback to ${revision.cause.kind === 'rollback' ? revision.cause.to : ''}`,
    )
  return { client: await clientOf({ url, apiKey, api, service }), revision }
}

// What is not healthy, or still changes, is not what would be promoted.
function unfitness({ number, status, message }: Revision): string | undefined {
  if (status === 'deployed') return undefined
  return `revision ${number} is ${status}${message === undefined ? '' : `: ${message}`}`
}

async function runAll(
  plan: Plan,
  client: Awaited<ReturnType<typeof clientOf>>,
  context: Context,
): Promise<readonly SmokeResult[]> {
  const { io, style } = context
  const random = systemRandom()
  const results: SmokeResult[] = []
  for (const smoke of plan.spec.smoke) {
    context.note(style.dim(`${escapeText(smoke.name ?? smoke.agent)} …`))
    results.push(await runSmoke(smoke, { client, key: uuid(random), now: io.clock.now, signal: io.stop }))
  }
  return results
}

function summary(
  {
    environment,
    passed,
    failure,
  }: { readonly environment: string; readonly passed: boolean; readonly failure?: string },
  results: readonly SmokeResult[],
  revision: Revision | undefined,
  { style }: Context,
): readonly string[] {
  const lines = results.map((result) => {
    const head = `${result.passed ? style.green('✓') : style.red('✗')} ${escapeText(result.name)}  ${formatDuration(result.ms)}  ${style.dim(escapeText(result.run ?? ''))}`
    return result.failure === undefined ? head : `${head}\n    ${escapeText(result.failure)}`
  })
  const good = results.filter((result) => result.passed).length
  const what = failure ?? `${good} of ${results.length} passed`
  const facts =
    revision === undefined
      ? ''
      : `; revision ${revision.number}, release ${revision.target.release}, ${revision.target.image}${revision.commit === undefined ? '' : `, commit ${revision.commit}`}`
  return [
    ...lines,
    `${passed ? style.green('good') : style.red('not good')}  ${escapeText(`${environment}: ${what}${facts}`)}`,
  ]
}

function noRuns({ environment }: Plan): PolisError {
  return new PolisError(
    'INVALID_CONFIG',
    `deployment.smoke: ${environment} has no smoke runs: nothing that ran is nothing that passed`,
    {
      details: { hint: "Add one: smoke: [{ agent: 'report', input: { … }, expect: { … } }]" },
    },
  )
}
