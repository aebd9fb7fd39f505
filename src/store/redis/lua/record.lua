-- The row of a run, by place. Places never move, since releases side by side share a store; what is absent is false.

local STATUS, EPOCH, SEQUENCE, BYTES, CRASHES, UPDATED, QUEUED, WORKER, WAKE, ENDED, REASON, SNAPSHOT =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
-- These never change. PARENT is a run and a step, TAGS are names and values one after another. Up to here a record is made of it.
local AGENT, RELEASE, SESSION, PRIORITY, CREATED, PARENT, TAGS = 13, 14, 15, 16, 17, 18, 19
-- Its idempotency key, and the places of its turns in its session.
local KEY, TURNS = 20, 21
-- How many messages, questions and reservations are open, and whether it refers to blobs: so that an end need not look.
local INBOX, ASKED, HELD, BLOBS = 22, 23, 24, 25

local ENDED_STATUS = { completed = true, failed = true, cancelled = true, continued = true, diverged = true, dead = true }

-- Rows as they were last written, by key, with the bytes: who finds the same bytes again need not unpack them. A table of a call that
-- failed is not what was written, so that they are all forgotten then.
local KEPT_MOST = 2048
local kept_bytes, kept_rows, kept_count = {}, {}, 0

function record.forget() kept_bytes, kept_rows, kept_count = {}, {}, 0 end

local function keep_row(key, bytes, row)
  if ENDED_STATUS[row[STATUS]] then
    kept_bytes[key], kept_rows[key] = nil, nil
    return
  end
  if not kept_bytes[key] then
    if kept_count >= KEPT_MOST then record.forget() end
    kept_count = kept_count + 1
  end
  kept_bytes[key], kept_rows[key] = bytes, row
end

local function key_of(id)
  local key = keys_of[id]
  if not key then
    key = prefix .. 'r:' .. id
    keys_of[id] = key
  end
  return key
end

-- The row of a run, or nil.
function record.find(id)
  local row = rows[id]
  if row == nil then
    local key, bytes = key_of(id), fetched[id]
    if bytes == nil then bytes = call('GET', key) end
    if not bytes then row = false
    elseif kept_bytes[key] == bytes then row = kept_rows[key]
    else row = cmsgpack.unpack(bytes) end
    rows[id] = row
  end
  return row or nil
end

-- Has the rows of these runs read at once, for those that `find` is asked for.
function record.fetch(ids)
  local keys, wanted, count = {}, {}, 0
  for i = 1, #ids do
    local id = ids[i]
    if rows[id] == nil and fetched[id] == nil then
      fetched[id] = false
      count = count + 1
      wanted[count], keys[count] = id, key_of(id)
    end
  end
  for first = 1, count, MOST do
    local found = call('MGET', unpack(keys, first, math.min(first + MOST - 1, count)))
    for i = 1, #found do fetched[wanted[first + i - 1]] = found[i] end
  end
end

-- Remembers that a row changed in a way that others may act on.
function record.put(id, row)
  rows[id], changed[id], told[id] = row, true, true
end

-- Forgets a run that was removed.
function record.drop(id)
  rows[id], changed[id] = false, nil
  call('UNLINK', prefix .. 'r:' .. id, prefix .. 'j:' .. id)
  told[id] = true
end

-- A row as it is now, as far as answers carry it: later operations of the call go on with the row itself.
function record.shown(row) return { unpack(row, 1, TAGS) } end

-- Records of runs that are there, as answers carry them.
function record.answers(ids)
  record.fetch(ids)
  local answers = {}
  for i = 1, #ids do
    local row = record.find(ids[i])
    if row then answers[#answers + 1] = { ids[i], record.shown(row) } end
  end
  return answers
end

-- Writes rows that changed.
function record.flush()
  local arguments, n = {}, 0
  for id in pairs(changed) do
    local key, bytes = key_of(id), cmsgpack.pack(rows[id])
    arguments[n + 1], arguments[n + 2] = key, bytes
    n = n + 2
    keep_row(key, bytes, rows[id])
  end
  for first = 1, n, MOST do call('MSET', unpack(arguments, first, math.min(first + MOST - 1, n))) end
  changed = {}
end
