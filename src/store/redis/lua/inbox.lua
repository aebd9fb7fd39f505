-- Messages to runs: kept until an entry records them, known by their ids until the run is removed.

-- The undelivered messages of a run: { order, id, kind, time, closes, payload }, as they arrived.
function inbox.list(id, row)
  local messages = {}
  if row[INBOX] == 0 then return messages end
  local found = call('HGETALL', prefix .. 'i:' .. id)
  for i = 1, #found, 2 do
    local message = cmsgpack.unpack(found[i + 1])
    messages[#messages + 1] = { message[1], found[i], message[2], message[3], message[4], message[5] }
  end
  table.sort(messages, function(a, b) return a[1] < b[1] end)
  return messages
end

-- Whether what is undelivered queues a run that would stand so: a paused one only a cancel.
function inbox.wakes(id, row, status)
  if row[INBOX] == 0 then return false end
  if status == 'suspended' then return true end
  for _, message in ipairs(inbox.list(id, row)) do
    if message[3] == 'cancel' then return true end
  end
  return false
end

-- Whether an event is undelivered that is not among those consumed.
function inbox.has_event(id, row, consumed)
  if row[INBOX] == 0 then return false end
  local read = {}
  for _, message in ipairs(consumed or {}) do read[message] = true end
  for _, message in ipairs(inbox.list(id, row)) do
    if message[3] == 'event' and not read[message[2]] then return true end
  end
  return false
end

-- Takes out what entries record.
function inbox.consume(id, row, ids)
  if row[INBOX] > 0 and #ids > 0 then row[INBOX] = row[INBOX] - each('HDEL', prefix .. 'i:' .. id, ids, 1) end
end

function inbox.clear(id, row)
  if row[INBOX] > 0 then call('DEL', prefix .. 'i:' .. id) end
  row[INBOX] = 0
end

-- Delivers { id, message, kind, time, closes, payload }, once by the message's id. Answers as the port does.
function inbox.deliver(given)
  local id, message, kind, closes = given[1], given[2], given[3], given[5]
  local row = record.find(id)
  if not row then return 'not-found' end
  local status = row[STATUS]
  if ENDED_STATUS[status] then return { 'ended', status } end
  local known = prefix .. 'd:' .. id
  if closes then
    if call('SISMEMBER', known, message) == 1 then return 'duplicate' end
    if not question.close(id, row, closes) then return 'not-open' end
  end
  if call('SADD', known, message) == 0 then return 'duplicate' end
  local order = call('INCR', prefix .. 'arrival')
  call('HSET', prefix .. 'i:' .. id, message, cmsgpack.pack({ order, kind, given[4], closes or false, given[6] }))
  row[INBOX] = row[INBOX] + 1
  if status == 'suspended' or (status == 'paused' and kind == 'cancel') then move.queue(id, row, now)
  else record.put(id, row) end
  return 'delivered'
end

-- { 'deliver', id, message, kind, time, closes, payload }
function operation.deliver(op) return inbox.deliver({ op[2], op[3], op[4], op[5], op[6], op[7] }) end

-- { 'inbox', id }
function query.inbox(op)
  local row = record.find(op[2])
  return row and inbox.list(op[2], row) or {}
end

-- { 'inbox-of', worker }: with the id of its run after each message.
query['inbox-of'] = function(op)
  local ids, messages = call('ZRANGE', prefix .. 'wh:' .. op[2], 0, -1), {}
  record.fetch(ids)
  for i = 1, #ids do
    local row = record.find(ids[i])
    for _, message in ipairs(row and inbox.list(ids[i], row) or {}) do
      message[7] = ids[i]
      messages[#messages + 1] = message
    end
  end
  table.sort(messages, function(a, b) return a[1] < b[1] end)
  return messages
end
