-- Budgets over shards (G8). The home of a budget grants slices of it, which count there as reserved; another shard reserves on what it
-- was granted. What is said between them are totals that only grow, so that a message that comes twice, or late, changes nothing.
--
-- At home, per shard: { generation, granted, given back, settled }, each but the first { tokens, nanos }; elsewhere { generation, granted,
-- given back }, and the budget's row as if its limit were nothing and what is granted were raised. A generation is the time at which the
-- home's row began.

local GENERATION, GRANTED, BACK, SPENT = 1, 2, 4, 6

-- Marks the row of a slice (true), which is no budget of its own, and that of a budget of which nothing but slices are known.
local MARK, ONLY_GRANTED = 11, 'granted'

local function grants_key(tenant, key) return prefix .. 'gs:' .. tenant .. ':' .. key end
local function slice_key(tenant, key) return prefix .. 'sl:' .. tenant .. ':' .. key end

-- What of a grant is not settled and not given back.
local function outstanding(grant, unit)
  return math.max(0, grant[GRANTED + unit] - grant[BACK + unit] - grant[SPENT + unit])
end

-- Takes what the other shard says into the home's account.
local function account(row, grant, back, spent)
  for unit = 0, 1 do
    local before = outstanding(grant, unit)
    grant[BACK + unit] = math.max(grant[BACK + unit], back[unit + 1])
    local settled = math.max(0, spent[unit + 1] - grant[SPENT + unit])
    grant[SPENT + unit] = grant[SPENT + unit] + settled
    row[SETTLED + unit] = math.min(row[SETTLED + unit] + settled, MOST_COUNTED)
    row[RESERVED + unit] = row[RESERVED + unit] + outstanding(grant, unit) - before
  end
end

-- What a grant of so much more would add to what is reserved.
local function added(grant, unit, more)
  local before = outstanding(grant, unit)
  grant[GRANTED + unit] = grant[GRANTED + unit] + more
  local after = outstanding(grant, unit)
  grant[GRANTED + unit] = grant[GRANTED + unit] - more
  return after - before
end

-- Grants what is wanted of each unit, and up to the most while there is plenty; or nothing, and answers which unit has no room.
local function give(row, grant, limits, wanted, most)
  for unit = 0, 1 do
    local limit, more = limits[unit + 1], wanted[unit + 1]
    local settled, reserved, raised = row[SETTLED + unit], row[RESERVED + unit], row[RAISED + unit]
    if limit and more > 0 and settled + reserved + added(grant, unit, more) > limit + raised then
      return { 'over-budget', '', UNITS[unit + 1], limit + raised, settled, reserved, more }
    end
  end
  for unit = 0, 1 do
    local limit, more = limits[unit + 1], wanted[unit + 1]
    if limit and more > 0 then
      local room = limit + row[RAISED + unit] - row[SETTLED + unit] - row[RESERVED + unit]
      more = math.max(more, math.min(most[unit + 1], math.floor(room / 2)))
      row[RESERVED + unit] = row[RESERVED + unit] + added(grant, unit, more)
      grant[GRANTED + unit] = grant[GRANTED + unit] + more
    end
  end
  row[LIMIT], row[LIMIT + 1] = limits[1] or false, limits[2] or false
end

-- { 'slice-grant', tenant, key, shard, generation, back, spent, limits, wanted, most }: takes the totals, then grants what is wanted and up
-- to the most that is left of it. Answers { generation, granted } or what `over-budget` says.
operation['slice-grant'] = function(op)
  local tenant, key, shard, limits, wanted, most = op[2], op[3], op[4], op[8], op[9], op[10]
  local is_new = budgets[tenant .. ':' .. key] == nil and call('EXISTS', prefix .. 'g:' .. tenant .. ':' .. key) == 0
  local row = budget_of(tenant, key)
  if is_new then row[MARK] = ONLY_GRANTED end
  local name, created = grants_key(tenant, key), row[BUDGET_CREATED]
  local bytes = call('HGET', name, shard)
  local grant = bytes and cmsgpack.unpack(bytes)
  if not grant or grant[GENERATION] ~= created then grant = { created, 0, 0, 0, 0, 0, 0 } end
  if op[5] == created then account(row, grant, op[6], op[7]) end
  local overrun = wanted and give(row, grant, limits, wanted, most)
  if overrun then overrun[2] = key end
  if is_new and (overrun or not wanted) then
    -- Nothing was ever granted of it, or it has gone.
    budgets[tenant .. ':' .. key] = nil
    return overrun or { 'granted', created, 0, 0 }
  end
  budgets[tenant .. ':' .. key][4] = true
  if bytes or grant[GRANTED] > 0 or grant[GRANTED + 1] > 0 then call('HSET', name, shard, cmsgpack.pack(grant)) end
  return overrun or { 'granted', created, grant[GRANTED], grant[GRANTED + 1] }
end

-- { 'slice-level', tenant, key, generation, granted, gives back }: takes what was granted in all; then, if asked, gives back what no
-- reservation needs. Answers { generation, back, spent }; generation 0 where nothing was ever granted.
operation['slice-level'] = function(op)
  local tenant, key, generation, granted, gives = op[2], op[3], op[4], op[5], op[6]
  local name = slice_key(tenant, key)
  local bytes = call('GET', name)
  local slice = bytes and cmsgpack.unpack(bytes)
  if not slice and generation == 0 then return { 0, { 0, 0 }, { 0, 0 } } end
  local row = budget_of(tenant, key)
  if generation > 0 and (not slice or slice[GENERATION] < generation) then
    slice = { generation, 0, 0, 0, 0 }
    row[SETTLED], row[SETTLED + 1] = 0, 0
  end
  row[MARK] = true
  for unit = 0, 1 do
    if granted and slice[GENERATION] == generation then
      slice[GRANTED + unit] = math.max(slice[GRANTED + unit], granted[unit + 1])
    end
    local free = slice[GRANTED + unit] - slice[BACK + unit] - row[SETTLED + unit] - row[RESERVED + unit]
    if gives and free > 0 then slice[BACK + unit] = slice[BACK + unit] + free end
    row[RAISED + unit] = slice[GRANTED + unit] - slice[BACK + unit]
  end
  budgets[tenant .. ':' .. key][4] = true
  call('SET', name, cmsgpack.pack(slice))
  call('ZADD', prefix .. 'slx', row[BUDGET_UPDATED], tenant .. ':' .. key)
  return { slice[GENERATION], { slice[BACK], slice[BACK + 1] }, { row[SETTLED], row[SETTLED + 1] } }
end

-- { 'slices', tenant, key }: of a budget's home: whether it has slices alone, its generation, and { shard, outstanding, settled, granted } of
-- each, units apart.
query.slices = function(op)
  local found, all = call('HGETALL', grants_key(op[2], op[3])), {}
  local row = budget_of(op[2], op[3])
  for i = 1, #found, 2 do
    local grant = cmsgpack.unpack(found[i + 1])
    if grant[GENERATION] == row[BUDGET_CREATED] then
      all[#all + 1] = {
        tonumber(found[i]), outstanding(grant, 0), outstanding(grant, 1), grant[SPENT], grant[SPENT + 1],
        grant[GRANTED], grant[GRANTED + 1],
      }
    end
  end
  return { row[MARK] == ONLY_GRANTED, row[BUDGET_CREATED], all }
end

-- { 'slice-row', tenant, key }: a limit where anything was ever reserved on a slice, what it has, what is settled and reserved on it, and when it changed last.
query['slice-row'] = function(op)
  local bytes = call('GET', prefix .. 'g:' .. op[2] .. ':' .. op[3])
  local row = bytes and cmsgpack.unpack(bytes)
  if not row or row[MARK] ~= true then return { false, 0, 0, 0, 0, 0, 0, 0 } end
  return { row[LIMIT] or row[LIMIT + 1] or false, row[RAISED], row[RAISED + 1], row[SETTLED], row[SETTLED + 1], row[RESERVED], row[RESERVED + 1], row[BUDGET_UPDATED] }
end

-- { 'raise', tenant, id, key, tokens, nanos }: what a commit of another shard adds to a budget, once by id.
function operation.raise(op)
  spend.raise(op[2], { op[3], op[4], op[5], op[6] })
  return true
end

-- { 'slices-idle', before, most }: names and generations of slices that nothing changed since.
query['slices-idle'] = function(op)
  local names = call('ZRANGEBYSCORE', prefix .. 'slx', '-inf', '(' .. order.bound(op[2]), 'LIMIT', 0, op[3])
  local found = {}
  for i = 1, #names do
    local bytes = call('GET', prefix .. 'sl:' .. names[i])
    found[i] = { names[i], bytes and cmsgpack.unpack(bytes)[GENERATION] or 0 }
  end
  return found
end

-- { 'budget-generation', name }: 0 for a budget that is not there.
query['budget-generation'] = function(op)
  local bytes = call('GET', prefix .. 'g:' .. op[2])
  return bytes and cmsgpack.unpack(bytes)[BUDGET_CREATED] or 0
end

-- { 'budget-drop', name, generation }: forgets a budget whose slices are all idle, unless something is reserved on it by now.
operation['budget-drop'] = function(op)
  local tenant, key = split(op[2])
  local row = budget_of(tenant, key)
  if row[BUDGET_CREATED] ~= op[3] or row[RESERVED] > 0 or row[RESERVED + 1] > 0 then return false end
  budgets[op[2]] = nil
  call('DEL', prefix .. 'g:' .. op[2], prefix .. 'gs:' .. op[2])
  batch.zset('gl:' .. tenant, key, false)
  batch.zset('gx', op[2], false)
  return true
end

-- { 'slice-drop', name, generation }: forgets the slice of a budget that is no more, unless something is reserved on it.
operation['slice-drop'] = function(op)
  local tenant, key = split(op[2])
  local bytes, row = call('GET', prefix .. 'sl:' .. op[2]), budget_of(tenant, key)
  if bytes and cmsgpack.unpack(bytes)[GENERATION] ~= op[3] then return false end
  if row[RESERVED] > 0 or row[RESERVED + 1] > 0 then return false end
  budgets[op[2]] = nil
  call('DEL', prefix .. 'sl:' .. op[2], prefix .. 'g:' .. op[2])
  call('ZREM', prefix .. 'slx', op[2])
  batch.zset('gl:' .. tenant, key, false)
  batch.zset('gx', op[2], false)
  return true
end
