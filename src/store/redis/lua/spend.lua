-- Budgets, reservations and the ledger (G8). Amounts are tokens and nanodollars.

-- A budget's row, by place: what it allows, and what was raised, settled and reserved.
local LIMIT, RAISED, SETTLED, RESERVED, BUDGET_CREATED, BUDGET_UPDATED = 1, 3, 5, 7, 9, 10
-- Sums that are at this count no further: beyond twice as much, numbers are not exact.
local MOST_COUNTED = 4503599627370496
local UNITS = { 'tokens', 'nanos' }

local function plus(row, at, amounts, times)
  for unit = 0, 1 do
    row[at + unit] = math.min(row[at + unit] + times * (amounts[unit + 1] or 0), MOST_COUNTED)
  end
end

local function budget_of(tenant, key)
  local name = tenant .. ':' .. key
  if budgets[name] == nil then
    local bytes = call('GET', prefix .. 'g:' .. name)
    local row = bytes and cmsgpack.unpack(bytes) or { false, false, 0, 0, 0, 0, 0, 0, now, now }
    budgets[name] = { tenant, key, row, false }
  end
  return budgets[name][3]
end

local function put_budget(tenant, key)
  local held = budgets[tenant .. ':' .. key]
  held[3][BUDGET_UPDATED], held[4] = now, true
end

-- A budget of which nothing but slices were known has something of its own now: `slice.lua`.
local function own(row)
  if row[11] == 'granted' then row[11] = nil end
end

-- Writes budgets that changed. They are listed by time of creation; those that nothing is reserved on expire by when they changed last.
function spend.flush()
  for name, held in pairs(budgets) do
    if held[4] then
      local row = held[3]
      call('SET', prefix .. 'g:' .. name, cmsgpack.pack(row))
      batch.zset('gl:' .. held[1], held[2], row[BUDGET_CREATED])
      batch.zset('gx', name, row[RESERVED] == 0 and row[RESERVED + 1] == 0 and row[BUDGET_UPDATED])
    end
  end
  budgets = {}
end

-- An open reservation: { tokens, nanos, keys, charge id, charge time, charge }.
local function held_by(id, row, name)
  local bytes = row[HELD] > 0 and call('HGET', prefix .. 'b:' .. id, name)
  return bytes and cmsgpack.unpack(bytes) or nil
end

-- The first budget without room for what a commit reserves, as answers say it; nil when all have. Writes nothing.
function spend.overrun(id, row, reserves, settles)
  local tenant, counts_of, freed = split(id), {}, {}
  local function counts(key)
    if not counts_of[key] then counts_of[key] = { unpack(budget_of(tenant, key)) } end
    return counts_of[key]
  end
  for _, settlement in ipairs(settles or {}) do
    local held = not freed[settlement[1]] and held_by(id, row, settlement[1])
    freed[settlement[1]] = true
    for _, key in ipairs(held and held[3] or {}) do
      plus(counts(key), SETTLED, { settlement[2], settlement[3] }, 1)
      plus(counts(key), RESERVED, held, -1)
    end
  end
  for _, given in ipairs(reserves) do
    if freed[given[1]] or not held_by(id, row, given[1]) then
      for _, budget in ipairs(given[4]) do
        local count = counts(budget[1])
        for unit = 0, 1 do
          local limit, wanted = budget[2 + unit], given[2 + unit] or 0
          local settled, reserved, raised = count[SETTLED + unit], count[RESERVED + unit], count[RAISED + unit]
          if limit and settled + reserved + wanted > limit + raised then
            return { 'over-budget', budget[1], UNITS[unit + 1], limit + raised, settled, reserved, wanted }
          end
        end
        plus(count, RESERVED, { given[2], given[3] }, 1)
      end
    end
  end
  return nil
end

-- Books { id, time, charge } once by run and id.
local function book(id, charge)
  if call('HSETNX', prefix .. 'c:' .. id, charge[1], charge[3]) == 0 then return end
  local tenant, run = split(id)
  batch.zset('e:' .. tenant, index.joined(run, charge[1]), charge[2])
  call('ZADD', prefix .. 'et', 'LT', charge[2], tenant)
end

local function settle(id, row, name, amounts)
  local held = held_by(id, row, name)
  if not held then return end
  local tenant = split(id)
  call('HDEL', prefix .. 'b:' .. id, name)
  row[HELD] = row[HELD] - 1
  for _, key in ipairs(held[3]) do
    local budget = budget_of(tenant, key)
    plus(budget, RESERVED, held, -1)
    plus(budget, SETTLED, amounts, 1)
    put_budget(tenant, key)
  end
end

local function reserve(id, row, given)
  if held_by(id, row, given[1]) then return end
  local tenant, keys = split(id), {}
  for i, wanted in ipairs(given[4]) do
    keys[i] = wanted[1]
    local budget = budget_of(tenant, wanted[1])
    budget[LIMIT], budget[LIMIT + 1] = wanted[2] or false, wanted[3] or false
    plus(budget, RESERVED, { given[2], given[3] }, 1)
    own(budget)
    put_budget(tenant, wanted[1])
  end
  local charge = given[5]
  local bytes = cmsgpack.pack({ given[2], given[3] or false, keys, charge[1], charge[2], charge[3] })
  call('HSET', prefix .. 'b:' .. id, given[1], bytes)
  row[HELD] = row[HELD] + 1
end

-- Adds { id, key, tokens, nanos } to a budget, once by id.
function spend.raise(tenant, raise)
  if call('ZADD', prefix .. 'u:' .. tenant, 'NX', now, raise[1]) == 0 then return end
  local budget = budget_of(tenant, raise[2])
  plus(budget, RAISED, { raise[3], raise[4] }, 1)
  own(budget)
  put_budget(tenant, raise[2])
  call('ZADD', prefix .. 'et', 'LT', now, tenant)
end

-- Does what a commit says of budgets and the ledger, which `overrun` let through.
function spend.apply(id, row, raises, settles, reserves, charges)
  local tenant = split(id)
  for _, raise in ipairs(raises or {}) do spend.raise(tenant, raise) end
  for _, given in ipairs(settles or {}) do settle(id, row, given[1], { given[2], given[3] }) end
  for _, given in ipairs(reserves or {}) do reserve(id, row, given) end
  for _, charge in ipairs(charges or {}) do book(id, charge) end
end

-- Books the open reservations of a run that ends as what is assumed of them, and frees them.
function spend.close(id, row)
  if row[HELD] == 0 then return end
  for _, name in ipairs(call('HKEYS', prefix .. 'b:' .. id)) do
    local held = held_by(id, row, name)
    settle(id, row, name, held)
    book(id, { held[4], held[5], held[6] })
  end
end
