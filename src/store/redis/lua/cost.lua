-- The ledger, read by time: charges lie with their runs, and the order of a tenant's charges in a list.

local cost = {}

-- Charges, and runs, that one call answers.
local COSTS_ANSWERED = 1000

-- { 'charges', tenant, from, to, after }. Answers { charges, where to go on or false }.
function query.charges(op)
  local tenant, key = op[2], prefix .. 'e:' .. op[2]
  local places, charges = order.list(key, op[5], op[3], op[4], COSTS_ANSWERED), {}
  for i = 1, #places do
    local run, id = index.parts(places[i][2])
    charges[#charges + 1] = call('HGET', prefix .. 'c:' .. tenant .. ':' .. run, id) or nil
  end
  return { charges, #places == COSTS_ANSWERED and places[#places] }
end

-- { 'run-charges', id, cursor }: charges by id, one after another, and the cursor to go on with, '0' at the end. One may come twice.
query['run-charges'] = function(op)
  local key, cursor = prefix .. 'c:' .. op[2], op[3]
  if cursor == '0' and call('HLEN', key) <= COSTS_ANSWERED then return { call('HGETALL', key), '0' } end
  local found = call('HSCAN', key, cursor, 'COUNT', COSTS_ANSWERED)
  return { found[2], found[1] }
end

-- { 'children', tenant, run, after }. Answers { runs right below, where to go on or false }.
function query.children(op)
  local places, runs = order.list(prefix .. 'x:' .. op[2] .. ':p:' .. op[3], op[4], nil, nil, COSTS_ANSWERED), {}
  for i = 1, #places do runs[i] = places[i][2] end
  return { runs, #places == COSTS_ANSWERED and places[#places] }
end

-- { 'budgets', tenant, key, limit, after }. Answers { { key, row }…, where to go on or false }.
function query.budgets(op)
  local tenant, key = op[2], op[3]
  local function look(at)
    local bytes = call('GET', prefix .. 'g:' .. tenant .. ':' .. at[2])
    local row = bytes and cmsgpack.unpack(bytes)
    -- A slice of a budget is no budget: `slice.lua`.
    return row and row[11] ~= true and { at[2], { unpack(row, 1, 10) } } or nil
  end
  if key then
    local found = look({ 0, key })
    local is_after = found and (not op[5] or order.is_before(op[5], { found[2][BUDGET_CREATED], key }))
    return { is_after and { found } or {}, false }
  end
  local function read(after, count) return order.list(prefix .. 'gl:' .. tenant, after, nil, nil, count) end
  return order.page(read, op[5], op[4], COSTS_ANSWERED, look)
end

-- Removes a tenant's charges and raises from before a time, so many charges at most; answers how many.
local function expire_tenant(tenant, before, most)
  local key, raises, until_then = prefix .. 'e:' .. tenant, prefix .. 'u:' .. tenant, '(' .. order.bound(before)
  local members = call('ZRANGEBYSCORE', key, '-inf', until_then, 'LIMIT', 0, most)
  for i = 1, #members do
    local run, id = index.parts(members[i])
    call('HDEL', prefix .. 'c:' .. tenant .. ':' .. run, id)
  end
  if #members > 0 then each('ZREM', key, members, 1) end
  call('ZREMRANGEBYSCORE', raises, '-inf', until_then)
  local first = math.huge
  for _, list in ipairs({ key, raises }) do
    first = math.min(first, tonumber(call('ZRANGE', list, 0, 0, 'WITHSCORES')[2] or math.huge))
  end
  if first == math.huge then call('ZREM', prefix .. 'et', tenant) else call('ZADD', prefix .. 'et', first, tenant) end
  return #members
end

-- Removes what was charged and raised before a time, and budgets without a reservation that nothing changed since: so many at most.
function cost.expire(before, most)
  local until_then, left = '(' .. order.bound(before), most
  for _, tenant in ipairs(call('ZRANGEBYSCORE', prefix .. 'et', '-inf', until_then, 'LIMIT', 0, most)) do
    left = left - expire_tenant(tenant, before, left)
    if left <= 0 then break end
  end
  for _, name in ipairs(call('ZRANGEBYSCORE', prefix .. 'gx', '-inf', until_then, 'LIMIT', 0, most)) do
    -- Slices, and budgets that have some, go as `slice.lua` says.
    if call('EXISTS', prefix .. 'sl:' .. name, prefix .. 'gs:' .. name) == 0 then
      local tenant, key = split(name)
      call('DEL', prefix .. 'g:' .. name)
      batch.zset('gl:' .. tenant, key, false)
    end
    batch.zset('gx', name, false)
  end
end
