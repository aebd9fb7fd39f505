import type { Rule } from '../rule.ts'
import { RULE_FILE } from '../subject.ts'

export const duplicateRuleGroup: Rule = {
  id: 'duplicate-rule-group',
  severity: 'error',
  title: 'Rules of Prometheus are not told apart',
  explanation:
    'Prometheus refuses a file with two groups of one name, a rule that is neither an alert nor a recording or both, and a recorded name that is none of a metric.',
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/',
  *check({ of }) {
    const files = [
      ...of(RULE_FILE).map((it) => it.at('groups')),
      ...of('PrometheusRule').map((it) => it.at('spec', 'groups')),
    ]
    for (const groups of files) {
      const seen = new Set<string>()
      for (const group of groups.items) {
        const name = group.at('name').text
        if (name === undefined) yield { at: group, message: 'The group has no name' }
        else if (seen.has(name)) yield { at: group.at('name'), message: `Another group is called '${name}'` }
        if (name !== undefined) seen.add(name)
        for (const rule of group.at('rules').items) {
          const [alert, record] = [rule.at('alert'), rule.at('record')]
          if (alert.exists === record.exists) yield { at: rule, message: 'A rule is either an alert or a recording' }
          if (!rule.at('expr').exists) yield { at: rule, message: 'The rule has no expr' }
          if (record.text !== undefined && !/^[a-zA-Z_:][\w:]*$/.test(record.text))
            yield { at: record, message: `'${record.text}' is no name of a metric` }
        }
      }
    }
  },
}
