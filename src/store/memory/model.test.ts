import { manualClock } from '../../core/manual-clock.ts'
import { proveModel } from '../conformance/model.ts'
import { openMemoryStore } from './open.ts'
import { memoryState } from './state.ts'

// Two memory stores on one state against one by itself: what processes share is all there is.
proveModel('memory', async () => {
  const clock = manualClock()
  const state = memoryState()
  const reopen = async () => openMemoryStore({ clock, state })
  return { store: await reopen(), clock, reopen }
})
