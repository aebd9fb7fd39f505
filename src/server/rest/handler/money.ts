import { given } from '../given.ts'
import type { Handlers } from '../handler.ts'

/** What model calls cost, and where budgets stand. */
export const moneyHandlers: Handlers<'listCosts' | 'listBudgets'> = {
  async listCosts({ query: { by, from, to, limit } }, { service, caller }) {
    return { status: 200, body: await service.costs(caller, { ...by, limit, ...given({ from, to }) }) }
  },
  async listBudgets({ query: { key, limit, cursor } }, { service, caller }) {
    return { status: 200, body: await service.budgets(caller, given({ key }), { limit, ...given({ cursor }) }) }
  },
}
