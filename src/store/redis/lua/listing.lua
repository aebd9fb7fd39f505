-- The list of runs: read from the shortest list that has them all, and looked up on their rows for the rest.

-- Rows that one call looks at.
local LOOKED_AT = 500

local STATUSES = {
  'queued', 'blocked', 'running', 'suspended', 'paused', 'completed', 'failed', 'cancelled', 'continued', 'diverged', 'dead',
}

-- A list as a source: how many places it has, and how it is read.
local function list_of(name)
  local key = prefix .. name
  return {
    count = call('ZCARD', key),
    read = function(after, from, to, most) return order.list(key, after, from, to, most) end,
  }
end

-- The list of what a worker holds has runs of all tenants.
local function held_by(worker, tenant)
  local key = prefix .. 'wh:' .. worker
  local function read(after, from, to, most)
    local list, at, found = {}, after and { after[1], tenant .. ':' .. after[2] }
    repeat
      found = order.list(key, at, from, to, most)
      for i = 1, #found do
        local owner, run = split(found[i][2])
        if owner == tenant then list[#list + 1] = { found[i][1], run } end
      end
      at = found[#found]
    until #found < most or #list >= most
    return list
  end
  return { count = call('ZCARD', key), read = read }
end

local function by_status(tenant, statuses)
  local sources, count = {}, 0
  local function add(source)
    if source.count > 0 then sources[#sources + 1] = source end
    count = count + source.count
  end
  for i = 1, #statuses do
    if statuses[i] ~= 'running' then add(list_of('x:' .. tenant .. ':st:' .. statuses[i]))
    else
      for _, worker in ipairs(call('SMEMBERS', prefix .. 'wn')) do add(held_by(worker, tenant)) end
    end
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
  if filter.status or #sources == 0 then sources[#sources + 1] = by_status(tenant, filter.status or STATUSES) end
  local best = sources[1]
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
local function matches(row, filter)
  if filter.agent and row[AGENT] ~= filter.agent then return false end
  if filter.session and row[SESSION] ~= filter.session then return false end
  if filter.release and row[RELEASE] ~= filter.release then return false end
  if filter.is and not filter.is[row[STATUS]] then return false end
  if filter.parent and (not row[PARENT] or row[PARENT][1] ~= filter.parent) then return false end
  return not filter.tags or index.has_tags(row[TAGS], filter.tags)
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
    return row and matches(row, filter) and id
  end)
  return { record.answers(page[1]), page[2] }
end

-- { 'counts' }: how many runs are open, by status, tenant and agent.
function query.counts() return call('HGETALL', prefix .. 'n') end

-- { 'releases' }: how many runs are open, by agent and release.
function query.releases() return call('HGETALL', prefix .. 'nr') end
