import type { CoordinationPort, ScheduleRecord } from '../coordination.ts'
import type { Submit } from '../journal.ts'
import { bySchedule } from '../schedule-order.ts'
import type { Answer } from './answer.ts'
import { type Operation, plainOperation, readAll, readNothing } from './operation.ts'
import type { Value } from './pack.ts'
import { splitId } from './record.ts'
import type { Shard } from './shard.ts'
import { packSubmit } from './submit.ts'

type Scheduling = Pick<CoordinationPort, 'schedules' | 'putSchedule' | 'removeSchedule' | 'tick'>

/** The schedules' part of the coordination port. */
export function createScheduling({ read, write }: Shard): Scheduling {
  return {
    schedules: async (tenant) => {
      const all = await read(plainOperation(['schedules', tenant], (answer) => readAll(answer, readSchedule)))
      return all.sort(bySchedule)
    },
    putSchedule: (schedule) => write(plainOperation(scheduleParts(schedule), readNothing)),
    removeSchedule: (tenant, name) =>
      write(plainOperation(['remove-schedule', tenant, name], (answer) => answer.boolean())),
    tick: (schedule, nextAt, submit) => write(tickOperation(schedule, nextAt, submit)),
  }
}

/** What puts a schedule. */
export function scheduleParts({
  tenant,
  name,
  input,
  nextAt,
  lastAt,
  lastRun,
  ...fixed
}: ScheduleRecord): readonly Value[] {
  return ['put-schedule', tenant, name, JSON.stringify(fixed), input, nextAt, lastAt, lastRun]
}

/** Moves a schedule on; `run` is what its tick began, where that is not submitted with it. */
export function tickOperation(
  { tenant, name, nextAt: due }: ScheduleRecord,
  nextAt: number | undefined,
  submit: Submit | undefined,
  run?: string,
): Operation<boolean> {
  return {
    pack: (out) => {
      out.array(7)
      for (const part of ['tick', tenant, name, due, nextAt]) out.value(part)
      if (submit === undefined) out.value(undefined)
      else packSubmit(out, submit)
      out.value(run)
    },
    read: (answer) => answer.boolean(),
  }
}

// Its name in the store, and what never changes, the input, the next tick, the last one and its run.
function readSchedule(answer: Answer): ScheduleRecord {
  answer.array()
  const { tenant, run: name } = splitId(answer.text())
  answer.array()
  // Written by putSchedule.
  const fixed = JSON.parse(answer.text()) as Omit<ScheduleRecord, 'tenant' | 'name' | 'input'>
  const input = answer.bytes()
  const [nextAt, lastAt, lastRun] = [answer.maybeNumber(), answer.maybeNumber(), answer.maybeText()]
  return {
    ...{ tenant, name, ...fixed, input },
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(lastRun === undefined ? {} : { lastRun }),
  }
}
