import type { Rule } from '../rule.ts'

export const scheduleWithoutZone: Rule = {
  id: 'schedule-without-zone',
  severity: 'warning',
  title: 'A CronJob runs at an hour of nobody knows where',
  explanation:
    'Without `timeZone` an hour is that of the machine of the controller: usually UTC, not that of those who chose it, and another one after a move. Say it, `Etc/UTC` too.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
  *check({ of }) {
    for (const job of of('CronJob')) {
      const schedule = job.at('spec', 'schedule')
      const hour = schedule.text?.trim().split(/\s+/)[1] ?? '*'
      // Every so many hours is so everywhere.
      const isAtHour = /^\d/.test(hour) || schedule.text === '@daily' || schedule.text === '@midnight'
      if (isAtHour && !job.at('spec', 'timeZone').exists)
        yield { at: schedule, message: `'${schedule.text}' does not say in which time zone` }
    }
  },
}
