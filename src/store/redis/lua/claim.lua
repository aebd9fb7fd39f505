-- Who gets which run (G2, G9). What is read is bounded by the queues that are not empty and by the slots, not by how much they hold.

-- So many timers are moved into the queue by one claim.
local DUE_MOST = 1000

-- Queues what is due; answers when the next one is.
local function wake(at)
  local due = call('ZRANGEBYSCORE', prefix .. 'wake', '-inf', at, 'WITHSCORES', 'LIMIT', 0, DUE_MOST)
  for i = 1, #due, 2 do
    local row = record.find(due[i])
    if row and row[STATUS] == 'suspended' then move.queue(due[i], row, row[WAKE]) end
  end
  if #due > 0 then batch.flush() end
  local next = call('ZRANGE', prefix .. 'wake', 0, 0, 'WITHSCORES')
  return next[2] and tonumber(next[2])
end

-- The fronts of the queues whose releases the worker holds, by tenant.
local function fronts(releases, any, most)
  local tenants, names = {}, {}
  for _, name in ipairs(call('SMEMBERS', prefix .. 'Q')) do
    local tenant, agent, release = string.match(name, '^([^:]*):([^:]*):(.*)$')
    if releases[agent] and (any or releases[agent] == release) then
      if not tenants[tenant] then
        tenants[tenant] = {}
        names[#names + 1] = tenant
      end
      local found = call('ZRANGE', prefix .. 'Q:' .. name, 0, most - 1, 'WITHSCORES')
      for i = 1, #found, 2 do
        table.insert(tenants[tenant], { id = tenant .. ':' .. found[i], agent = agent, score = tonumber(found[i + 1]) })
      end
    end
  end
  return tenants, names
end

-- How many runs are executed, by agent and by tenant.
local function running()
  local agents, tenants = {}, {}
  local found = call('HGETALL', prefix .. 'n')
  for i = 1, #found, 2 do
    local tenant, agent = string.match(found[i], '^running:([^:]*):(.*)$')
    if tenant then
      agents[agent] = (agents[agent] or 0) + found[i + 1]
      tenants[tenant] = (tenants[tenant] or 0) + found[i + 1]
    end
  end
  return agents, tenants
end

-- The first of a tenant's runs that no limit holds back, taken out of its list.
local function take_first(list, agents, per_agent)
  for i = 1, #list do
    local most = per_agent[list[i].agent]
    if not most or (agents[list[i].agent] or 0) < most then return table.remove(list, i) end
  end
end

-- Picks at most so many, in the order in which they start: tenants take turns, those with the fewest running first, and within one goes
-- the higher priority, then the longer wait. No limit is passed.
local function pick(tenants, names, per_agent, per_tenant, most)
  local agents, counts = {}, {}
  if #names > 1 or per_tenant or next(per_agent) then agents, counts = running() end
  table.sort(names, function(a, b)
    local x, y = counts[a] or 0, counts[b] or 0
    if x ~= y then return x < y end
    return a < b
  end)
  for _, name in ipairs(names) do
    table.sort(tenants[name], function(a, b)
      if a.score ~= b.score then return a.score < b.score end
      return a.id < b.id
    end)
  end
  local picked = {}
  while #names > 0 and #picked < most do
    local going = {}
    for _, name in ipairs(names) do
      local may = #picked < most and (not per_tenant or (counts[name] or 0) < per_tenant)
      local run = may and take_first(tenants[name], agents, per_agent)
      if run then
        picked[#picked + 1] = run.id
        agents[run.agent], counts[name] = (agents[run.agent] or 0) + 1, (counts[name] or 0) + 1
        going[#going + 1] = name
      end
    end
    names = going
  end
  return picked
end

-- { 'claim', worker, now, slots, releases, any, per agent, per tenant, recall }: nothing for one whose lease is over.
function operation.claim(op)
  local worker, at, slots = op[2], op[3], op[4]
  batch.flush()
  local held = op[9] and call('ZRANGE', prefix .. 'wh:' .. worker, 0, -1) or {}
  table.sort(held)
  if lease.is_over(worker) then return { {}, op[9] and record.answers(held) or false, false, false } end
  local due = wake(at)
  local tenants, names = fronts(op[5], op[6], slots + 1)
  local picked = pick(tenants, names, op[7], op[8], slots + 1)
  local more = #picked > slots
  if more then picked[#picked] = nil end
  record.fetch(picked)
  for _, id in ipairs(picked) do
    local row = record.find(id)
    move.leave(id, row)
    row[STATUS], row[EPOCH], row[WORKER], row[REASON], row[UPDATED] = 'running', row[EPOCH] + 1, worker, false, at
    move.enter(id, row)
  end
  return { record.answers(picked), op[9] and record.answers(held) or false, due or false, more }
end
