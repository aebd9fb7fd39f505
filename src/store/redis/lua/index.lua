-- The lists that runs, questions and sessions are found by: sorted sets by time of creation, a run of no session, parent or tag in none
-- of those. A run stands in one list by status, so that these together have all; one that is executed in that of what its worker holds.

-- A name and a value as part of a key: no two pairs are one text.
function index.tag(name, value) return #name .. ':' .. name .. '=' .. value end

-- Several names as one member, which sorts as they do, and what they were.
function index.joined(first, second) return first .. '\0' .. second end
function index.parts(member)
  local at = string.find(member, '%z')
  return string.sub(member, 1, at - 1), string.sub(member, at + 1)
end

local function put_run(tenant, run, row, created)
  local list, parent, tags = 'x:' .. tenant, row[PARENT], row[TAGS] or {}
  batch.zset(list .. ':a:' .. row[AGENT], run, created)
  if row[SESSION] then batch.zset(list .. ':s:' .. row[SESSION], run, created) end
  if parent then batch.zset(list .. ':p:' .. parent[1], run, created) end
  for i = 1, #tags, 2 do batch.zset(list .. ':t:' .. index.tag(tags[i], tags[i + 1]), run, created) end
end

-- A tenant and an agent of which there is, or was, something: the lists of an export begin with them.
function index.known(tenant, agent) batch.set('T', tenant .. ':' .. agent, true) end

-- A run that was added, or is no more.
function index.born(tenant, run, row)
  put_run(tenant, run, row, row[CREATED])
  index.known(tenant, row[AGENT])
end
function index.gone(tenant, run, row) put_run(tenant, run, row, false) end

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

-- Whether tags have all those wanted; both are names and values one after another.
function index.has_tags(tags, wanted)
  local values = {}
  for i = 1, tags and #tags or 0, 2 do values[tags[i]] = tags[i + 1] end
  for i = 1, #wanted, 2 do
    if values[wanted[i]] ~= wanted[i + 1] then return false end
  end
  return true
end
