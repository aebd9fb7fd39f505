-- One call of the library: what its operations share, and what is written once they are all done.
--
-- Redis runs a call alone and whole, so what its operations change is kept here until the end, and written with few commands: rows of
-- runs, members of sorted sets and sets, counters. Whoever reads those keys themselves flushes first.

local call, prefix, now
local operation, query = {}, {}
local record, batch, index, turn, question, inbox, spend, blob, move, lease, store, outbox = {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}

-- What a call has pending. `told` holds the ids of runs, and other topics, that others may act on,
-- `quiet` the ids of runs whose holders only wrote entries.
local rows, fetched, changed, budgets, sessions, zsets, sets, queues, counts, told, quiet

-- What is worked out once in a call: tenants and names of runs, and keys of rows, by id.
local tenants, names, keys_of
-- Whether a timer was set: somebody has to ask when it is due.
local timed

local function begin(keys)
  call, prefix = redis.call, keys[1]
  rows, fetched, changed, budgets, sessions = {}, {}, {}, {}, {}
  zsets, sets, queues, counts, told, quiet = {}, {}, {}, { n = {}, nr = {} }, {}, {}
  tenants, names, keys_of, timed = {}, {}, {}, false
  store.begin()
end

-- Redis lets a command have so many arguments from Lua, with room to spare.
local MOST = 4000

-- Calls a command on a key with any number of arguments, in steps that keep so many together.
local function each(command, key, arguments, together)
  local count = #arguments
  if count <= MOST then return call(command, key, unpack(arguments)) end
  local step = MOST - MOST % together
  local last
  for first = 1, count, step do last = call(command, key, unpack(arguments, first, math.min(first + step - 1, count))) end
  return last
end

-- Tenant and run of an id. It is asked for often, so that a call does it once.
local function split(id)
  local tenant = tenants[id]
  if tenant then return tenant, names[id] end
  local at = string.find(id, ':', 1, true)
  tenants[id], names[id] = string.sub(id, 1, at - 1), string.sub(id, at + 1)
  return tenants[id], names[id]
end

-- Ends an operation with an error of the closed list. It has written nothing.
local function fail(code, message) error({ code = code, message = message }) end
