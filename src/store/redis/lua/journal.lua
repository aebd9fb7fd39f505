-- The journal of a run: a list, in which the entry with sequence n is element n - 1. Entries are opaque.

-- Whether all these entries are there already, byte for byte, from a sequence on.
local function are_there(id, first, entries)
  if #entries == 0 or first < 1 then return false end
  local kept = call('LRANGE', prefix .. 'j:' .. id, first - 1, first + #entries - 2)
  for i = 1, #entries do
    if kept[i] ~= entries[i] then return false end
  end
  return true
end

-- Appends entries after the head that the row says. What the list's length tells guards against gaps.
local function push(id, row, entries, bytes)
  local count, head = #entries, row[SEQUENCE]
  if count > 0 then
    local key = prefix .. 'j:' .. id
    local length = each('RPUSH', key, entries, 1)
    if length ~= head + count then
      call('LTRIM', key, 0, -count - 1)
      fail('STORE_CORRUPT', 'The journal of run ' .. id .. ' has ' .. length - count .. ' entries, and its record says ' .. head)
    end
  end
  row[SEQUENCE], row[BYTES] = head + count, row[BYTES] + bytes
end

-- { 'read', id, after, limit }
function query.read(op)
  local after = math.max(0, op[3])
  if op[4] < 1 then return {} end
  return call('LRANGE', prefix .. 'j:' .. op[2], after, after + op[4] - 1)
end

-- { 'get', id }
function query.get(op) return record.answers({ op[2] })[1] or false end
