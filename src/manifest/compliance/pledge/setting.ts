import { environmentName } from '../../../core/settings.ts'
import type { Plan } from '../../plan.ts'
import { type Condition, type Pledge, REGIMES } from '../pledge.ts'

/** Nobody is served who is not known. */
export const AUTHENTICATED: Pledge = {
  id: 'authenticated',
  text: 'the API asks for credentials (auth.mode)',
  regimes: 'every',
  missing: (plan) =>
    plan.settings['auth.mode'] === 'required'
      ? overridden(plan, 'auth.mode')
      : ["settings auth.mode: expected 'required', got 'open'"],
  conditions: () => settingConditions('auth.mode', (value) => `${value} != 'open'`),
}

/** What was done can be told afterwards. */
export const AUDITED: Pledge = {
  id: 'audited',
  text: 'the audit log is written (audit.enabled)',
  regimes: REGIMES,
  missing: (plan) =>
    plan.settings['audit.enabled']
      ? overridden(plan, 'audit.enabled')
      : ['settings audit.enabled: expected true, got false'],
  conditions: () => settingConditions('audit.enabled', (value) => `${value} != 'false'`),
}

/**
 * Conditions that a setting be as it was rendered: in the ConfigMap, whose value `isRight` judges (an absent one is empty), and in no
 * container by itself, where it would win over the ConfigMap.
 */
export function settingConditions(key: string, isRight: (value: string) => string): readonly Condition[] {
  const name = environmentName(key)
  const isFree = `variables.containers.all(c, c.?env.orValue([]).all(e, e.name != '${name}'))`
  return [
    { subject: 'settings', expression: isRight(`object.?data[?'${name}'].orValue('')`) },
    ...(['pods', 'templates', 'cron-jobs'] as const).map((subject) => ({ subject, expression: isFree })),
  ]
}

/** What a Secret says of a setting: it would win over it. No other variable can be a setting (`refuseSettings`). */
export function overridden({ secrets }: Plan, key: string): readonly string[] {
  const name = environmentName(key)
  const isSecret = secrets.some(({ use, keys }) => use.kind === 'env' && Object.hasOwn(keys, name))
  return isSecret ? [`deployment.secrets: expected no ${name}: say it in settings`] : []
}
