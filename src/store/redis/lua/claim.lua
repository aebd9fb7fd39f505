-- Who gets which run (G2, G9). What is read is bounded by the queues that are not empty and by the slots, not by how much they hold.

-- So many timers are moved into the queue by one claim.
local DUE_MOST = 1000

-- Longer journals are read by themselves, so that the answer of one claim stays small.
local FRESH_BYTES = 16384

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

-- The queues whose releases the worker holds, by tenant, and the tenants. Nothing of them is read yet.
local function queues_for(releases, any)
  local of, waiting = {}, {}
  for _, name in ipairs(call('SMEMBERS', prefix .. 'Q')) do
    local tenant, agent, release = string.match(name, '^([^:]*):([^:]*):(.*)$')
    if releases[agent] and (any or releases[agent] == release) then
      if not of[tenant] then
        of[tenant] = {}
        waiting[#waiting + 1] = tenant
      end
      table.insert(of[tenant], { key = prefix .. 'Q:' .. name, agent = agent, read = 0, found = {}, at = 1 })
    end
  end
  return of, waiting
end

-- The run that goes first of a queue, and its score; so many are read at once.
local function front(waiting, step)
  if waiting.at > #waiting.found and not waiting.over then
    waiting.found, waiting.at = call('ZRANGE', waiting.key, waiting.read, waiting.read + step - 1, 'WITHSCORES'), 1
    waiting.read = waiting.read + step
    waiting.over = #waiting.found < step * 2
  end
  return waiting.found[waiting.at], tonumber(waiting.found[waiting.at + 1])
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

-- Takes the first of a tenant's runs that no limit holds back; answers its name and its agent.
local function take_first(waiting, agents, per_agent, step)
  local from, first, least
  for _, one in ipairs(waiting) do
    local most = per_agent[one.agent]
    if not most or (agents[one.agent] or 0) < most then
      local run, score = front(one, step)
      if run and (not first or score < least or (score == least and run < first)) then from, first, least = one, run, score end
    end
  end
  if not from then return nil end
  from.at = from.at + 2
  return first, from.agent
end

-- Picks at most so many, in the order in which they start: tenants take turns, those with the fewest running first, and within one goes
-- the higher priority, then the longer wait. No limit is passed.
local function pick(of, going, per_agent, per_tenant, most)
  local agents, counts, picked = {}, {}, {}
  if #going > 1 or per_tenant or next(per_agent) then agents, counts = running() end
  table.sort(going, function(a, b)
    local x, y = counts[a] or 0, counts[b] or 0
    if x ~= y then return x < y end
    return a < b
  end)
  local step = math.max(4, math.ceil(most / #going))
  while #going > 0 and #picked < most do
    local still = {}
    for _, tenant in ipairs(going) do
      if #picked >= most then break end
      if not per_tenant or (counts[tenant] or 0) < per_tenant then
        local run, agent = take_first(of[tenant], agents, per_agent, step)
        if run then
          picked[#picked + 1] = tenant .. ':' .. run
          agents[agent], counts[tenant] = (agents[agent] or 0) + 1, (counts[tenant] or 0) + 1
          still[#still + 1] = tenant
        end
      end
    end
    going = still
  end
  return picked
end

-- Gives runs of the queue to a worker; those that are queued no more are left out. Answers which it got.
local function take(ids, worker, at)
  local taken = {}
  record.fetch(ids)
  for _, id in ipairs(ids) do
    local row = record.find(id)
    if row and row[STATUS] == 'queued' then
      move.leave(id, row)
      row[STATUS], row[EPOCH], row[WORKER], row[REASON], row[UPDATED] = 'running', row[EPOCH] + 1, worker, false, at
      move.enter(id, row)
      taken[#taken + 1] = id
    end
  end
  return taken
end

local function held_by_worker(worker)
  local held = call('ZRANGE', prefix .. 'wh:' .. worker, 0, -1)
  table.sort(held)
  return record.answers(held)
end

-- The journals of those that were only submitted, where no message waits: they need not be read; false for any other. Longer ones are
-- read by themselves.
local function first_entries(ids)
  local entries = {}
  for i, id in ipairs(ids) do
    local row = record.find(id)
    local is_fresh = row[SEQUENCE] == 1 and row[INBOX] == 0 and row[BYTES] <= FRESH_BYTES
    entries[i] = is_fresh and call('LINDEX', prefix .. 'j:' .. id, 0) or false
  end
  return entries
end

-- { 'claim', worker, now, slots, releases, any, per agent, per tenant, recall }: nothing for one whose lease is over.
function operation.claim(op)
  local worker, at, slots = op[2], op[3], op[4]
  batch.flush()
  local held = op[9] and held_by_worker(worker) or false
  if lease.is_over(worker) or store.pause() then return { {}, held, false, false, {} } end
  local due = wake(at)
  local of, waiting = queues_for(op[5], op[6])
  local picked = pick(of, waiting, op[7], op[8], slots + 1)
  local more = #picked > slots
  if more then picked[#picked] = nil end
  local taken = take(picked, worker, at)
  return { record.answers(taken), held, due or false, more, first_entries(taken) }
end

-- { 'claim-look', worker, now, slots, releases, any, recall }: for a choice over several shards, what this one has: { id, agent, score } of
-- the fronts of its queues, { tenant, agent, count } of what runs, what the worker holds, and when the next timer is due.
operation['claim-look'] = function(op)
  batch.flush()
  local held, found, counts = op[7] and held_by_worker(op[2]) or false, {}, {}
  if lease.is_over(op[2]) or store.pause() then return { found, counts, held, false } end
  local due = wake(op[3])
  local of, waiting = queues_for(op[5], op[6])
  for _, tenant in ipairs(waiting) do
    for _, queue in ipairs(of[tenant]) do
      local front = call('ZRANGE', queue.key, 0, op[4], 'WITHSCORES')
      for i = 1, #front, 2 do found[#found + 1] = { tenant .. ':' .. front[i], queue.agent, tonumber(front[i + 1]) } end
    end
  end
  local all = call('HGETALL', prefix .. 'n')
  for i = 1, #all, 2 do
    local tenant, agent = string.match(all[i], '^running:([^:]*):(.*)$')
    if tenant then counts[#counts + 1] = { tenant, agent, tonumber(all[i + 1]) } end
  end
  return { found, counts, held, due or false }
end

-- { 'claim-take', worker, now, ids }
operation['claim-take'] = function(op)
  batch.flush()
  if lease.is_over(op[2]) or store.pause() then return {} end
  return record.answers(take(op[4], op[2], op[3]))
end
