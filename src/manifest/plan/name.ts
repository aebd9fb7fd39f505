import type { Plan } from '../plan.ts'

/** Longest name of a Service, and value of a label. */
const LONGEST = 63

/** What is wrong with names that are made of others. */
export function nameFaults({ labels, modelServers }: Plan): readonly string[] {
  const servers = modelServers
    .filter(({ name }) => name.length > LONGEST)
    .map(({ key, name }) => {
      const most = LONGEST - (name.length - key.length)
      return `deployment.modelServers.${key}: expected at most ${most} characters, since the Service ${name} may have ${LONGEST}; got ${key.length}`
    })
  const { length } = labels.compliance ?? ''
  if (length <= LONGEST) return servers
  return [...servers, `deployment.labels.compliance: expected at most ${LONGEST} characters in all, got ${length}`]
}
