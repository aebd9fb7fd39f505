-- The lists that runs, questions and sessions are found by: sorted sets by time of creation, a run of no session, parent or tag in none
-- of those. A run that is executed stands in no list by status: the sets of what workers hold have it.

-- A name and a value as part of a key: no two pairs are one text.
function index.tag(name, value) return #name .. ':' .. name .. '=' .. value end

-- Several names as one member, which sorts as they do, and what they were.
function index.joined(first, second) return first .. '\0' .. second end
function index.parts(member)
  local at = string.find(member, '%z')
  return string.sub(member, 1, at - 1), string.sub(member, at + 1)
end

local function put_run(tenant, run, row, parent, tags, created)
  local list = 'x:' .. tenant
  batch.zset(list, run, created)
  batch.zset(list .. ':a:' .. row[AGENT], run, created)
  if row[SESSION] then batch.zset(list .. ':s:' .. row[SESSION], run, created) end
  if parent then batch.zset(list .. ':p:' .. parent, run, created) end
  for i = 1, tags and #tags or 0, 2 do batch.zset(list .. ':t:' .. index.tag(tags[i], tags[i + 1]), run, created) end
end

-- A run that was added.
function index.born(tenant, run, row, parent, tags) put_run(tenant, run, row, parent, tags, row[CREATED]) end

-- A run that is no more, with its facts.
function index.gone(tenant, run, row, facts)
  local tags = {}
  for name, value in pairs(facts.tags) do
    tags[#tags + 1] = name
    tags[#tags + 1] = value
  end
  put_run(tenant, run, row, facts.parent and facts.parent.run, tags, false)
end

-- A run that stands otherwise, or no more.
function index.stands(tenant, run, row, is_in)
  local status = row[STATUS]
  if status ~= 'running' then batch.zset('x:' .. tenant .. ':st:' .. status, run, is_in and row[CREATED]) end
end

-- A question that was asked, or is closed.
function index.asks(tenant, run, id, agent, assignee, asked, is_open)
  local member, list, score = index.joined(run, id), 'y:' .. tenant, is_open and asked
  batch.zset(list, member, score)
  batch.zset(list .. ':a:' .. agent, member, score)
  if assignee then batch.zset(list .. ':w:' .. assignee, member, score) end
end

-- A session that changed. Its life is over at `ends`, if it has an end.
function index.converses(tenant, session, agent, created, active, ends)
  local list = 'z:' .. tenant
  batch.zset(list, session, created)
  batch.zset(list .. ':a:' .. agent, session, created)
  batch.zset(list .. ':active', session, active and created)
  batch.zset('zx', tenant .. ':' .. session, ends)
end

-- Whether tags by name have all these, names and values one after another.
function index.has_tags(tags, wanted)
  for i = 1, #wanted, 2 do
    if not tags or tags[wanted[i]] ~= wanted[i + 1] then return false end
  end
  return true
end
