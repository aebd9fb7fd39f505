-- Places in lists that are sorted sets, newest first: a later score stands before, and of one score the greater member.

local order = {}

-- Whether a is greater than b, byte by byte, as Redis sorts: Lua's own comparison follows the server's locale.
function order.is_greater(a, b)
  local length = math.min(#a, #b)
  for first = 1, length, 16 do
    local last = math.min(first + 15, length)
    if string.sub(a, first, last) ~= string.sub(b, first, last) then
      for at = first, last do
        local x, y = string.byte(a, at), string.byte(b, at)
        if x ~= y then return x > y end
      end
    end
  end
  return #a > #b
end

function order.bound(score) return string.format('%.17g', score) end

-- How many members stand at this place or before it.
local function rank_after(key, after)
  local low = call('ZCOUNT', key, '(' .. order.bound(after[1]), '+inf')
  local high = call('ZCOUNT', key, order.bound(after[1]), '+inf')
  while low < high do
    local middle = math.floor((low + high) / 2)
    if order.is_greater(after[2], call('ZREVRANGE', key, middle, middle)[1]) then high = middle else low = middle + 1 end
  end
  return low
end

-- The members of a list after a place, of scores from `from` on and before `to`: { score, member }, at most `count`.
function order.list(key, after, from, to, count)
  local rank = after and rank_after(key, after) or 0
  if to then rank = math.max(rank, call('ZCOUNT', key, order.bound(to), '+inf')) end
  local found, list = call('ZREVRANGE', key, rank, rank + count - 1, 'WITHSCORES'), {}
  for i = 1, #found, 2 do
    local score = tonumber(found[i + 1])
    if from and score < from then break end
    list[#list + 1] = { score, found[i] }
  end
  return list
end

function order.is_before(a, b)
  return a[1] > b[1] or (a[1] == b[1] and order.is_greater(a[2], b[2]))
end

-- The first of several lists of places together, at most `count`.
function order.merge(lists, count)
  if #lists == 1 and #lists[1] <= count then return lists[1] end
  local merged, heads = {}, {}
  for at = 1, #lists do heads[at] = 1 end
  while #merged < count do
    local best
    for at = 1, #lists do
      local head = lists[at][heads[at]]
      if head and (not best or order.is_before(head, lists[best][heads[best]])) then best = at end
    end
    if not best then break end
    merged[#merged + 1] = lists[best][heads[best]]
    heads[best] = heads[best] + 1
  end
  return merged
end

-- Sorts places newest first, and leaves out those at a place or before it.
function order.sort(list, after)
  table.sort(list, order.is_before)
  local rest = {}
  for i = 1, #list do
    if not after or order.is_before(after, list[i]) then rest[#rest + 1] = list[i] end
  end
  return rest
end

-- A page: what `look` answers of places, at most `limit`, of `most` places that `read(after, count)` gives. The second answer is the place
-- to look on from where so many were not enough, else false.
function order.page(read, after, limit, most, look)
  local items, looked = {}, 0
  while looked < most do
    local count = math.min(math.max(limit - #items, looked), most - looked)
    local places = read(after, count)
    for i = 1, #places do
      local item = look(places[i])
      if item then items[#items + 1] = item end
      if #items == limit then return { items, false } end
    end
    if #places < count then return { items, false } end
    looked, after = looked + count, places[count]
  end
  return { items, after }
end

-- The members of a list after a place, of scores before `to`, oldest first: { score, member }, at most `count`.
function order.oldest(key, after, to, count)
  local rank = 0
  if after then
    local is_there = tonumber(call('ZSCORE', key, after[2]) or nil) == after[1]
    rank = call('ZCARD', key) - rank_after(key, after) + (is_there and 1 or 0)
  end
  local found, list = call('ZRANGE', key, rank, rank + count - 1, 'WITHSCORES'), {}
  for i = 1, #found, 2 do
    local score = tonumber(found[i + 1])
    if score >= to then break end
    list[#list + 1] = { score, found[i] }
  end
  return list
end
