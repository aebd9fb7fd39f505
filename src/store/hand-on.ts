import type { Message, Transition } from './journal.ts'

/** Whether a transition hands what is undelivered on to another run. */
export function handsOn(next: Transition): next is Transition & { readonly to: string } {
  return next.status === 'continued' && next.to !== undefined
}

/** Whether a message is for whatever a run goes on as: answers and ends of children are for what it waited for itself. */
export function isHandedOn({ kind }: Pick<Message, 'kind'>): boolean {
  return kind === 'event' || kind === 'cancel' || kind === 'pause'
}
