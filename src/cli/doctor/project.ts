import { relative } from 'node:path'
import type { Project } from '../../agent/project.ts'
import type { Settings } from '../../core/settings.ts'
import type { Check } from './check.ts'

/** Checks a project that could be loaded: its settings, credentials, agents with their releases, and schedules. */
export function* checkProject({ dir, settings, warnings, agents, schedules }: Project): Generator<Check> {
  yield { area: 'project', name: 'project', status: 'ok', detail: dir }
  for (const warning of warnings) {
    yield {
      area: 'project',
      name: 'setting',
      status: 'warn',
      detail: warning,
      advice: 'Remove it, or correct its name',
    }
  }
  yield checkCredentials(settings)
  if (agents.size === 0) {
    yield {
      area: 'project',
      name: 'agents',
      status: 'warn',
      detail: 'there are none',
      advice: 'Each file in agents/ defines one by defineAgent',
    }
  }
  for (const [name, { release, file }] of agents) {
    yield { area: 'project', name: `agent ${name}`, status: 'ok', detail: `release ${release}, ${relative(dir, file)}` }
  }
  for (const { name, agent, cron, timeZone } of schedules) {
    yield { area: 'project', name: `schedule ${name}`, status: 'ok', detail: `${agent} at ${cron} (${timeZone})` }
  }
}

function checkCredentials(settings: Settings): Check {
  const base = { area: 'project', name: 'credentials' } as const
  if (settings['auth.mode'] === 'open') {
    return {
      ...base,
      status: 'warn',
      detail: 'auth.mode is open: whoever reaches the port may do everything',
      advice: 'Leave it out but for development',
    }
  }
  const ways = (['auth.api_keys_file', 'auth.jwt_jwks_url', 'auth.jwt_jwks_file'] as const).filter(
    (key) => settings[key],
  )
  if (ways.length > 0) return { ...base, status: 'ok', detail: ways.join(', ') }
  const advice = "For 'polis serve': polis keys create --id NAME --file keys.jsonl, and set auth.api_keys_file"
  return { ...base, status: 'warn', detail: 'none are configured; only polis dev answers without', advice }
}
