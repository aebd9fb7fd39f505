import { describe } from 'node:test'
import { proveAppend } from './conformance/append.ts'
import { proveBlob } from './conformance/blob.ts'
import { proveBudget } from './conformance/budget.ts'
import { proveClaim } from './conformance/claim.ts'
import { proveConversation } from './conformance/conversation.ts'
import { proveDeliver } from './conformance/deliver.ts'
import { proveEnded } from './conformance/ended.ts'
import { proveLedger } from './conformance/ledger.ts'
import { proveLife } from './conformance/life.ts'
import { proveListing } from './conformance/listing.ts'
import { proveRemoval } from './conformance/removal.ts'
import { proveSchedule } from './conformance/schedule.ts'
import { proveSession } from './conformance/session.ts'
import { proveSubmit } from './conformance/submit.ts'
import { proveUsage } from './conformance/usage.ts'
import { proveWorker } from './conformance/worker.ts'
import { createProve, type Opened } from './conformance/world.ts'

export type { Opened } from './conformance/world.ts'

/**
 * The one suite that every adapter of the store passes, whole; call it in a test file of the adapter.
 *
 * `open` gives each test an empty store of its own, which the suite closes. Titles cite the guarantees: `G1` to `G9` are those
 * of the whole product, `guarantee n` those of the journal port.
 */
export function runConformance(name: string, open: () => Promise<Opened>): void {
  const prove = createProve(open)
  describe(`the store ${name}`, () => {
    describe('submits', () => proveSubmit(prove))
    describe('appends', () => proveAppend(prove))
    describe('delivers messages', () => proveDeliver(prove))
    describe('orders the runs of a session', () => proveSession(prove))
    describe('keeps conversations', () => proveConversation(prove))
    describe('gives runs to workers', () => proveClaim(prove))
    describe('knows its workers', () => proveWorker(prove))
    describe('ticks schedules', () => proveSchedule(prove))
    describe('lists', () => proveListing(prove))
    describe('keeps budgets', () => proveBudget(prove))
    describe('keeps the ledger', () => proveLedger(prove))
    describe('lets ended runs go', () => proveEnded(prove))
    describe('removes', () => proveRemoval(prove))
    describe('says what it takes', () => proveUsage(prove))
    describe('keeps blobs', () => proveBlob(prove))
    describe('lives and ends', () => proveLife(prove))
  })
}
