import type { Readable } from 'node:stream'
import { PolisError } from '../../../core/error.ts'
import { PATHS } from '../../../core/ports.ts'
import type { RunView } from '../../../core/route/wire.ts'
import { hasEnded } from '../../../core/run.ts'
import type { SubmitRequest } from '../../../engine/service/service.ts'
import { type Credentials, headerOf } from '../../auth/authenticator.ts'
import type { HandlerContext, Handlers } from '../handler.ts'
import { readWait, within } from '../wait.ts'
import { streamRun } from './follow.ts'
import { readTags } from './tag.ts'

/** Starts runs. */
export const submitHandlers: Handlers<'submitRun' | 'submitAgentRun'> = {
  submitRun: ({ body, query, headers }, context) => start(body, headers, query.wait, context),
  submitAgentRun({ params, body, query, headers }, context) {
    const tags = readTags(query.tag)
    const request = {
      agent: params.agent,
      input: body,
      ...(query.session === undefined ? {} : { session: query.session }),
      ...(tags === undefined ? {} : { tags }),
    }
    return start(request, headers, query.wait, context)
  },
}

interface Started {
  readonly status: 200 | 202
  readonly body?: RunView
  readonly stream?: Readable
  readonly headers: Readonly<Record<string, string>>
}
type Wanted = Omit<SubmitRequest, 'key' | 'input'> & { readonly input?: unknown }
type Headers = { readonly 'idempotency-key'?: string | undefined; readonly prefer?: string | undefined }

async function start(
  wanted: Wanted,
  headers: Headers,
  wait: number | undefined,
  context: HandlerContext,
): Promise<Started> {
  refuseWhileDraining(context)
  const key = headers['idempotency-key']
  const started = await context.service.submit(context.caller, {
    ...wanted,
    input: wanted.input,
    ...(key === undefined ? {} : { key }),
  })
  return answerStarted(started, { wait, prefer: headers.prefer }, context)
}

/** SHUTTING_DOWN once this process ends, where a run would wait for it to come back: elsewhere another executes it. */
export function refuseWhileDraining({ gate }: HandlerContext): void {
  if (!gate.draining || gate.shared) return
  const todo = 'Try again: another one will'
  throw new PolisError('SHUTTING_DOWN', `This process is shutting down and takes no new runs. ${todo}`)
}

/** Answers for a run that was started: at once, when it has ended, or with its stream, as the client wants it. */
export async function answerStarted(
  { run, duplicate }: { readonly run: RunView; readonly duplicate: boolean },
  { wait, prefer }: { readonly wait: number | undefined; readonly prefer: string | undefined },
  context: HandlerContext,
): Promise<Started> {
  const location = {
    location: `${PATHS.api}/runs/${run.run}`,
    ...(duplicate ? { 'idempotency-replayed': 'true' } : {}),
  }
  if (wantsStream(context.credentials)) {
    const followed = await streamRun(run.run, undefined, context)
    return { status: 200, stream: followed, headers: location }
  }
  const milliseconds = readWait(wait, prefer)
  if (milliseconds === undefined) return { status: 202, body: run, headers: location }
  const now = await waitFor(run.run, milliseconds, context)
  const applied = { ...location, 'preference-applied': `wait=${Math.round(milliseconds / 1000)}` }
  return { status: isOver(now) ? 200 : 202, body: now, headers: applied }
}

/** The run once it has ended, or as it stands after so many ms. */
export function waitFor(
  run: string,
  milliseconds: number,
  { service, caller, clock, signal, hold }: HandlerContext,
): Promise<RunView> {
  hold()
  return within(milliseconds, clock, signal, (limited) => service.wait(caller, run, limited))
}

function isOver({ status }: RunView): boolean {
  return status !== 'waiting-for-release' && hasEnded(status)
}

function wantsStream(credentials: Credentials): boolean {
  return /(^|,)\s*text\/event-stream\b/i.test(headerOf(credentials, 'accept') ?? '')
}
