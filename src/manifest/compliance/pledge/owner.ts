import type { Pledge } from '../pledge.ts'

const LABELS = ['owner', 'cost-centre'] as const

/** Somebody answers for it, and pays. */
export const OWNED: Pledge = {
  id: 'owned',
  text: 'what runs has the labels owner and cost-centre',
  regimes: 'every',
  missing: ({ labels }) =>
    [
      ['owner', 'deployment.labels.owner: expected the team that is called at night'],
      ['cost-centre', 'deployment.labels.costCentre: expected the cost centre'],
    ].flatMap(([label = '', text = '']) => ((labels[label] ?? '') === '' ? [text] : [])),
  // Not of pods: a Job's are made without.
  conditions: () =>
    (['templates', 'cron-jobs'] as const).map((subject) => ({
      subject,
      expression: `[${LABELS.map((label) => `'${label}'`).join(', ')}].all(l, object.metadata.?labels[?l].orValue('') != '')`,
    })),
}
