-- Open questions of runs to people: { agent, asked, assignee, deadline, payload } by id.

function question.is_open(id, row, name)
  return row[ASKED] > 0 and call('HEXISTS', prefix .. 'q:' .. id, name) == 1
end

-- Closes a question; false when it was not open.
function question.close(id, row, name)
  local bytes = row[ASKED] > 0 and call('HGET', prefix .. 'q:' .. id, name)
  if not bytes then return false end
  local asked = cmsgpack.unpack(bytes)
  local tenant, run = split(id)
  call('HDEL', prefix .. 'q:' .. id, name)
  index.asks(tenant, run, name, asked[1], asked[3], asked[2], false)
  row[ASKED] = row[ASKED] - 1
  return true
end

-- Opens { id, agent, asked, assignee, deadline, payload }.
function question.ask(id, row, given)
  local name, agent, asked, assignee = given[1], given[2], given[3], given[4] or false
  question.close(id, row, name)
  local tenant, run = split(id)
  local bytes = cmsgpack.pack({ agent, asked, assignee, given[5] or false, given[6] })
  call('HSET', prefix .. 'q:' .. id, name, bytes)
  index.asks(tenant, run, name, agent, assignee, asked, true)
  row[ASKED] = row[ASKED] + 1
end

function question.clear(id, row)
  if row[ASKED] == 0 then return end
  for _, name in ipairs(call('HKEYS', prefix .. 'q:' .. id)) do question.close(id, row, name) end
end
