import { describe } from 'node:test'
import { provePause } from './conformance/pause.ts'
import { proveTransfer } from './conformance/transfer.ts'
import { createProve, type Opened } from './conformance/world.ts'

/** The suite of the transfer port; `open` gives an empty store each time, which the suite closes. */
export function runTransferConformance(name: string, open: () => Promise<Opened>, books = false): void {
  const prove = createProve(open)
  describe(`the store ${name}, as a whole`, () => {
    describe('pauses', () => provePause(prove))
    describe('moves', () => proveTransfer(prove, open, books))
  })
}
