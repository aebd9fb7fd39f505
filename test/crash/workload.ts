import type { Call } from './protocol.ts'

type Submit = Extract<Call, { kind: 'submit' }>

/** What each case submits: every agent, some twice, and one session of three runs. The two of `frugal` share a budget. */
export const WORKLOAD: readonly Submit[] = [
  submit('chain', 1),
  submit('family', 2),
  submit('sleeper', 3),
  submit('hurried', 4),
  submit('parallel', 5),
  { ...submit('talker', 6), session: 'talk' },
  submit('asker', 7),
  submit('listener', 8),
  { ...submit('talker', 9), session: 'talk' },
  submit('careful', 10),
  submit('stubborn', 11),
  submit('walker', 2),
  { ...submit('talker', 13), session: 'talk' },
  submit('parallel', 14),
  submit('chain', 15),
  submit('spender', 16),
  submit('frugal', 17),
  submit('desk', 18),
  submit('frugal', 19),
]

function submit(agent: string, n: number): Submit {
  return { kind: 'submit', agent, n, key: `${agent}-${n}` }
}
