-- What the keys of the shard take: looked through a step at a time, since a look at all would keep everyone waiting.

local SCANNED = 250
-- A key that holds more is one of a few, whatever the rest of its kind is like.
local LARGE = 1000
local SIZES = { string = 'STRLEN', list = 'LLEN', hash = 'HLEN', set = 'SCARD', zset = 'ZCARD' }

-- Adds a key to what is known of its kind: keys, items in them, bytes, and of those the bytes in large ones.
local function measure(kinds, kind, key)
  local size = SIZES[call('TYPE', key).ok]
  local items = size and call(size, key) or 0
  -- Redis looks at five items unless told otherwise, and takes the others to be like them: too few of a short journal.
  local bytes = call('MEMORY', 'USAGE', key, 'SAMPLES', items > LARGE and LARGE or 0) or 0
  local known = kinds[kind] or { 0, 0, 0, 0 }
  known[1], known[2], known[3] = known[1] + 1, known[2] + items, known[3] + bytes
  if items > LARGE then known[4] = known[4] + bytes end
  kinds[kind] = known
  return items
end

-- { 'usage', cursor }: { the next cursor, keys seen, of how many, { kind, keys, items, bytes, of large ones } each,
-- { status, runs } each }. Keys of others are seen as well, and not measured.
function query.usage(op)
  local found, kinds, statuses = call('SCAN', op[2], 'COUNT', SCANNED), {}, {}
  for _, key in ipairs(found[2]) do
    if string.sub(key, 1, #prefix) == prefix then
      local name = string.sub(key, #prefix + 1)
      local kind = string.match(name, '^[^:]+')
      local items = measure(kinds, kind, key)
      -- A run that is executed is in the list of its worker alone.
      local status = kind == 'wh' and 'running' or string.match(name, '^x:[^:]+:st:(%a+)$')
      if status then statuses[status] = (statuses[status] or 0) + items end
    end
  end
  local rows, counts = {}, {}
  for kind, known in pairs(kinds) do rows[#rows + 1] = { kind, unpack(known) } end
  for status, count in pairs(statuses) do counts[#counts + 1] = { status, count } end
  return { found[1], #found[2], call('DBSIZE'), rows, counts }
end

-- { 'memory' }: bytes that Redis uses, and may use; 0 is without a limit.
function query.memory()
  local told = call('INFO', 'memory')
  local function number(name) return tonumber(string.match(told, name .. ':(%d+)')) or 0 end
  return { number('used_memory'), number('maxmemory') }
end
