-- What is written to shared keys once for all operations of a call.

-- Gives a member of a sorted set its score; false takes it out.
function batch.zset(key, member, score)
  local members = zsets[key]
  if not members then
    members = {}
    zsets[key] = members
  end
  members[member] = score
end

-- Puts a member into a set, or takes it out.
function batch.set(key, member, is_in)
  local members = sets[key]
  if not members then
    members = {}
    sets[key] = members
  end
  members[member] = is_in
end

local function add(key, field, by) counts[key][field] = (counts[key][field] or 0) + by end

-- Counts an open run that stands so: by status, tenant and agent, and by agent and release.
function batch.count(id, row, by)
  local status = row[STATUS]
  if ENDED_STATUS[status] then return end
  add('n', status .. ':' .. split(id) .. ':' .. row[AGENT], by)
  add('nr', row[AGENT] .. ':' .. row[RELEASE], by)
end

local function put_members(key, members)
  local add, drop = {}, {}
  for member, score in pairs(members) do
    if score then
      add[#add + 1] = score
      add[#add + 1] = member
    else
      drop[#drop + 1] = member
    end
  end
  if #add > 0 then each('ZADD', key, add, 2) end
  if #drop > 0 then each('ZREM', key, drop, 1) end
  return #drop > 0
end

local function flush_counts()
  for key, fields in pairs(counts) do
    for field, by in pairs(fields) do
      if by ~= 0 and call('HINCRBY', prefix .. key, field, by) == 0 then call('HDEL', prefix .. key, field) end
    end
  end
  counts = { n = {}, nr = {} }
end

local function flush_sets()
  for key, members in pairs(sets) do
    local add, drop = {}, {}
    for member, is_in in pairs(members) do
      if is_in then add[#add + 1] = member else drop[#drop + 1] = member end
    end
    if #add > 0 then each('SADD', prefix .. key, add, 1) end
    if #drop > 0 then each('SREM', prefix .. key, drop, 1) end
  end
  sets = {}
end

-- Writes all that is pending, so that it can be read.
function batch.flush()
  timed = timed or zsets.wake ~= nil
  record.flush()
  spend.flush()
  turn.flush()
  for name, members in pairs(queues) do
    local key = prefix .. 'Q:' .. name
    if put_members(key, members) then batch.set('Q', name, call('EXISTS', key) == 1) end
  end
  for key, members in pairs(zsets) do put_members(prefix .. key, members) end
  flush_counts()
  flush_sets()
  zsets, queues = {}, {}
end
