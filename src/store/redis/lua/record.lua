-- The row of a run: what of it can change, by place. Places never move, since releases side by side share a store; what is absent is
-- false. What never changes lies apart, as JSON that only TypeScript reads.

local STATUS, EPOCH, SEQUENCE, BYTES, CRASHES, UPDATED, QUEUED, WORKER, WAKE, ENDED, REASON, SNAPSHOT =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
-- These never change, but are wanted with the row. TURNS are the places of its turns in its session.
local AGENT, RELEASE, SESSION, PRIORITY, CREATED, KEY, TURNS = 13, 14, 15, 16, 17, 18, 19
-- How many messages, questions and reservations are open, and whether it refers to blobs: so that an end need not look.
local INBOX, ASKED, HELD, BLOBS = 20, 21, 22, 23

local ENDED_STATUS = { completed = true, failed = true, cancelled = true, continued = true, diverged = true, dead = true }

-- The row of a run, or nil.
function record.find(id)
  local row = rows[id]
  if row == nil then
    local bytes = fetched[id]
    if bytes == nil then bytes = call('GET', prefix .. 'r:' .. id) end
    row = bytes and cmsgpack.unpack(bytes) or false
    rows[id] = row
  end
  return row or nil
end

-- Has the rows of these runs read at once, for those that `find` is asked for.
function record.fetch(ids)
  local keys, wanted = {}, {}
  for i = 1, #ids do
    local id = ids[i]
    if rows[id] == nil and fetched[id] == nil then
      fetched[id] = false
      wanted[#wanted + 1] = id
      keys[#keys + 1] = prefix .. 'r:' .. id
    end
  end
  for first = 1, #keys, MOST do
    local found = call('MGET', unpack(keys, first, math.min(first + MOST - 1, #keys)))
    for i = 1, #found do fetched[wanted[first + i - 1]] = found[i] end
  end
end

-- Remembers that a row changed in a way that others may act on.
function record.put(id, row)
  rows[id] = row
  changed[id] = true
  local _, run = split(id)
  told[run] = true
end

-- Forgets a run that was removed.
function record.drop(id)
  rows[id], changed[id], facts[id] = false, nil, nil
  call('UNLINK', prefix .. 'r:' .. id, prefix .. 'f:' .. id, prefix .. 'j:' .. id)
  local _, run = split(id)
  told[run] = true
end

-- What never changes of these runs.
function record.facts(ids)
  local keys, wanted, found = {}, {}, {}
  for i = 1, #ids do
    found[i] = facts[ids[i]]
    if not found[i] then
      wanted[#wanted + 1] = i
      keys[#keys + 1] = prefix .. 'f:' .. ids[i]
    end
  end
  for first = 1, #keys, MOST do
    local read = call('MGET', unpack(keys, first, math.min(first + MOST - 1, #keys)))
    for i = 1, #read do found[wanted[first + i - 1]] = read[i] end
  end
  return found
end

-- What never changes of a run, read.
function record.given(id) return cjson.decode(record.facts({ id })[1]) end

-- A row as it is now, as far as answers carry it: later operations of the call go on with the row itself.
function record.shown(row) return { unpack(row, 1, SNAPSHOT) } end

-- Records of runs that are there, as answers carry them.
function record.answers(ids)
  record.fetch(ids)
  local found, answers = record.facts(ids), {}
  for i = 1, #ids do
    local row = record.find(ids[i])
    if row then answers[#answers + 1] = { found[i], record.shown(row) } end
  end
  return answers
end

-- Writes rows and facts.
function record.flush()
  local arguments, n = {}, 0
  for id in pairs(changed) do
    arguments[n + 1], arguments[n + 2] = prefix .. 'r:' .. id, cmsgpack.pack(rows[id])
    n = n + 2
  end
  for id, text in pairs(facts) do
    arguments[n + 1], arguments[n + 2] = prefix .. 'f:' .. id, text
    n = n + 2
  end
  for first = 1, n, MOST do call('MSET', unpack(arguments, first, math.min(first + MOST - 1, n))) end
  changed, facts = {}, {}
end
