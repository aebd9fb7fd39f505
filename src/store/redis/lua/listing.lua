-- The list of runs: read from the shortest list that has them all, and looked up on their rows for the rest.

-- Rows that one call looks at, and runs that workers hold that it sorts.
local LOOKED_AT, HELD_SORTED = 500, 2000

-- A list as a source: how many places it has, and how it is read.
local function list_of(name)
  local key = prefix .. name
  return {
    count = call('ZCARD', key),
    read = function(after, from, to, most) return order.list(key, after, from, to, most) end,
  }
end

-- Runs that are executed are only in the sets of those who hold them.
local function held_by_workers(tenant)
  local keys, count = {}, 0
  for _, worker in ipairs(call('SMEMBERS', prefix .. 'wn')) do
    keys[#keys + 1] = prefix .. 'wh:' .. worker
    count = count + call('SCARD', keys[#keys])
  end
  if count > HELD_SORTED then return list_of('x:' .. tenant) end
  local function read(after, from, to)
    local ids, list = {}, {}
    for i = 1, #keys do
      for _, id in ipairs(call('SMEMBERS', keys[i])) do ids[#ids + 1] = id end
    end
    record.fetch(ids)
    for i = 1, #ids do
      local owner, run = split(ids[i])
      local created = record.find(ids[i])[CREATED]
      if owner == tenant and created >= (from or created) and created < (to or created + 1) then
        list[#list + 1] = { created, run }
      end
    end
    return order.sort(list, after)
  end
  return { count = count, read = read }
end

local function by_status(tenant, statuses)
  local sources, count = {}, 0
  for i = 1, #statuses do
    if statuses[i] == 'running' then sources[i] = held_by_workers(tenant)
    else sources[i] = list_of('x:' .. tenant .. ':st:' .. statuses[i]) end
    count = count + sources[i].count
  end
  local function read(after, from, to, most)
    local lists = {}
    for i = 1, #sources do lists[i] = sources[i].read(after, from, to, most) end
    return order.merge(lists, most)
  end
  return { count = count, read = read }
end

local function shortest(tenant, filter)
  local sources = {}
  local function add(name, value)
    if value then sources[#sources + 1] = list_of('x:' .. tenant .. ':' .. name .. ':' .. value) end
  end
  add('a', filter.agent)
  add('s', filter.session)
  add('p', filter.parent)
  for i = 1, filter.tags and #filter.tags or 0, 2 do add('t', index.tag(filter.tags[i], filter.tags[i + 1])) end
  if filter.status then sources[#sources + 1] = by_status(tenant, filter.status) end
  local best = sources[1] or list_of('x:' .. tenant)
  for i = 2, #sources do
    if sources[i].count < best.count then best = sources[i] end
  end
  return best
end

local function set_of(names)
  local set = {}
  for i = 1, #names do set[names[i]] = true end
  return set
end

-- Whether the run is one of those that the filter lets through, its time aside.
local function matches(id, row, filter)
  if filter.agent and row[AGENT] ~= filter.agent then return false end
  if filter.session and row[SESSION] ~= filter.session then return false end
  if filter.release and row[RELEASE] ~= filter.release then return false end
  if filter.is and not filter.is[row[STATUS]] then return false end
  if not filter.parent and not filter.tags then return true end
  local facts = record.given(id)
  if filter.parent and (not facts.parent or facts.parent.run ~= filter.parent) then return false end
  return index.has_tags(facts.tags, filter.tags or {})
end

-- { 'list', tenant, filter, from, to, limit, after }. Answers { records, where to look on or false }.
function query.list(op)
  local tenant, filter, source = op[2], op[3], shortest(op[2], op[3])
  filter.is = filter.status and set_of(filter.status)
  local function read(after, count)
    local places, ids = source.read(after, op[4], op[5], count), {}
    for i = 1, #places do ids[i] = tenant .. ':' .. places[i][2] end
    record.fetch(ids)
    return places
  end
  local page = order.page(read, op[7], op[6], LOOKED_AT, function(at)
    local id = tenant .. ':' .. at[2]
    local row = record.find(id)
    return row and matches(id, row, filter) and id
  end)
  return { record.answers(page[1]), page[2] }
end

-- { 'counts' }: how many runs are open, by status, tenant and agent.
function query.counts() return call('HGETALL', prefix .. 'n') end
