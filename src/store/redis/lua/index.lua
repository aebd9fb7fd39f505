-- The lists that runs, questions and sessions are found by: sorted sets by time of creation, a run of no session, parent or tag in none
-- of those. A run that is executed stands in no list by status: the sets of what workers hold have it.

-- A run that was added.
function index.born(tenant, run, row, parent, tags)
  local created, list = row[CREATED], 'x:' .. tenant
  batch.zset(list, run, created)
  batch.zset(list .. ':a:' .. row[AGENT], run, created)
  if row[SESSION] then batch.zset(list .. ':s:' .. row[SESSION], run, created) end
  if parent then batch.zset(list .. ':p:' .. parent, run, created) end
  if tags then
    for i = 1, #tags, 2 do batch.zset(list .. ':t:' .. tags[i] .. '=' .. tags[i + 1], run, created) end
  end
end

-- A run that stands otherwise, or no more.
function index.stands(tenant, run, row, is_in)
  local status = row[STATUS]
  if status ~= 'running' then batch.zset('x:' .. tenant .. ':st:' .. status, run, is_in and row[CREATED]) end
end

-- A question that was asked, or is closed.
function index.asks(tenant, run, id, agent, assignee, asked, is_open)
  local member, list, score = run .. ' ' .. id, 'y:' .. tenant, is_open and asked
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
