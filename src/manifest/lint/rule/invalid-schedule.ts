import { Cron } from 'croner'
import type { Rule } from '../rule.ts'

export const invalidSchedule: Rule = {
  id: 'invalid-schedule',
  severity: 'error',
  title: 'A CronJob has a schedule or a time zone that is none',
  explanation:
    'The API server refuses what is no cron expression of five fields, a time zone that it does not know, and `TZ=` in the schedule.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax',
  *check({ of }) {
    for (const job of of('CronJob')) {
      const [schedule, zone] = [job.at('spec', 'schedule'), job.at('spec', 'timeZone')]
      if (schedule.text !== undefined && !isSchedule(schedule.text))
        yield { at: schedule, message: `'${schedule.text}' is no schedule of five fields` }
      if (zone.text !== undefined && !isZone(zone.text))
        yield { at: zone, message: `There is no time zone '${zone.text}'` }
    }
  },
}

function isSchedule(text: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text) || /^@every \d/.test(text)) return true
  if (text.trim().split(/\s+/).length !== 5) return false
  try {
    new Cron(text, { paused: true })
    return true
  } catch {
    return false
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
