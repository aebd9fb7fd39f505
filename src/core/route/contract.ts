import { z } from 'zod'
import * as cost from './cost-schema.ts'
import * as evals from './eval-schema.ts'
import type { OperationId } from './operation.ts'
import * as resource from './resource-schema.ts'
import * as run from './run-schema.ts'
import * as session from './session-schema.ts'

/** The body of one response: JSON of a schema, nothing, a stream of events, raw bytes, or any JSON. */
export type Answer =
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly about: string }
  | { readonly kind: 'empty'; readonly about: string }
  | { readonly kind: 'events'; readonly about: string }
  | { readonly kind: 'bytes'; readonly about: string }

/** Schemas of one operation. What is absent is not read from the request. */
export interface Contract {
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly body?: { readonly kind: 'json'; readonly schema: z.ZodType } | { readonly kind: 'bytes' }
  readonly answers: Readonly<Record<number, Answer>>
}

const started = {
  200: json(run.runView, 'The run has ended (when asked to wait), or its stream.'),
  202: json(run.runView, 'The run is durable; `Location` says where it is.'),
}
const theRun = { 200: json(run.runView, 'The run.') }
const theSession = { 200: json(session.sessionView, 'The session.') }
const done = { 204: { kind: 'empty', about: 'Done.' } } as const

/** Schemas of each operation of `OPERATIONS`: requests are checked against them, and the client is typed by them. */
export const CONTRACT = {
  submitRun: { query: run.waitQuery, headers: run.submitHeaders, body: body(run.submitBody), answers: started },
  submitAgentRun: {
    params: resource.agentParams,
    query: run.submitAgentQuery,
    headers: run.submitHeaders,
    body: body(z.unknown()),
    answers: started,
  },
  listRuns: { query: run.runQuery, answers: { 200: json(run.runPage, 'A page of runs.') } },
  getRun: { params: run.runParams, query: run.waitQuery, answers: theRun },
  removeRun: { params: run.runParams, answers: done },
  cancelRun: { params: run.runParams, body: body(run.cancelBody), answers: theRun },
  pauseRun: { params: run.runParams, answers: theRun },
  resumeRun: { params: run.runParams, answers: theRun },
  retryRun: { params: run.runParams, answers: theRun },
  forkRun: { params: run.runParams, body: body(run.forkBody), answers: { 201: json(run.runView, 'The new run.') } },
  answerQuestion: { params: resource.questionParams, body: body(resource.answerBody), answers: done },
  sendMessage: { params: run.runParams, body: body(run.messageBody), answers: done },
  listEntries: {
    params: run.runParams,
    query: run.entryQuery,
    answers: { 200: json(run.entryList, 'Entries, in order.') },
  },
  followRun: {
    params: run.runParams,
    query: run.followQuery,
    headers: run.followHeaders,
    answers: { 200: { kind: 'events', about: 'The entries, as they are committed.' } },
  },
  listQuestions: {
    query: resource.questionQuery,
    answers: { 200: json(resource.questionPage, 'A page of questions.') },
  },
  getQuestion: { params: resource.questionParams, answers: { 200: json(resource.questionView, 'The question.') } },
  listSessions: { query: session.sessionQuery, answers: { 200: json(session.sessionPage, 'A page of sessions.') } },
  createSession: {
    body: body(session.sessionBody),
    answers: { 201: json(session.sessionView, 'The session; `Location` says where it is.') },
  },
  getSession: { params: session.sessionParams, answers: theSession },
  changeSession: { params: session.sessionParams, body: body(session.sessionChange), answers: theSession },
  removeSession: { params: session.sessionParams, answers: done },
  sendSessionMessage: {
    params: session.sessionParams,
    query: session.sessionMessageQuery,
    headers: run.submitHeaders,
    body: body(session.sessionMessage),
    answers: started,
  },
  listSessionMessages: {
    params: session.sessionParams,
    query: session.transcriptQuery,
    answers: { 200: json(session.transcriptPage, 'Messages, oldest first.') },
  },
  followSession: {
    params: session.sessionParams,
    query: session.sessionFollowQuery,
    headers: session.sessionFollowHeaders,
    answers: { 200: { kind: 'events', about: 'The entries of all its runs, as they are committed.' } },
  },
  listCosts: { query: cost.costQuery, answers: { 200: json(cost.costList, 'Sums, and the sum of all.') } },
  listBudgets: { query: cost.budgetQuery, answers: { 200: json(cost.budgetPage, 'A page of budgets.') } },
  listAgents: { answers: { 200: json(resource.agentList, 'All agents.') } },
  getAgent: { params: resource.agentParams, answers: { 200: json(resource.agentView, 'The agent.') } },
  listSchedules: { answers: { 200: json(resource.scheduleList, 'All schedules.') } },
  getSchedule: { params: resource.scheduleParams, answers: { 200: json(resource.scheduleView, 'The schedule.') } },
  putSchedule: {
    params: resource.scheduleParams,
    body: body(resource.scheduleBody),
    answers: { 200: json(resource.scheduleView, 'The schedule.') },
  },
  removeSchedule: { params: resource.scheduleParams, answers: done },
  putBlob: {
    headers: resource.blobHeaders,
    body: { kind: 'bytes' },
    answers: { 201: json(resource.blobView, 'The blob; `Location` says where it is.') },
  },
  getBlob: { params: resource.blobParams, answers: { 200: { kind: 'bytes', about: 'The bytes.' } } },
  headBlob: { params: resource.blobParams, answers: { 200: { kind: 'empty', about: 'There is such a blob.' } } },
  startEvals: { body: body(evals.evalsBody), answers: { 202: started[202] } },
  listReleases: { answers: { 200: json(resource.releaseList, 'All that have runs which are not over.') } },
  listWorkers: { answers: { 200: json(resource.workerList, 'All workers.') } },
  getOpenApi: { answers: { 200: json(z.record(z.string(), z.unknown()), 'OpenAPI 3.1.') } },
} as const satisfies Readonly<Record<OperationId, Contract>>

function json<Schema extends z.ZodType>(schema: Schema, about: string) {
  return { kind: 'json', schema, about } as const
}

function body<Schema extends z.ZodType>(schema: Schema) {
  return { kind: 'json', schema } as const
}
