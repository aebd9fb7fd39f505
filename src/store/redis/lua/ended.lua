-- The list of runs that ended, the oldest end first, with what belongs to them beside their journals.

-- { 'ended', before, limit, after }: { record, blobs, turns } each.
function query.ended(op)
  local places, ids, answers = order.oldest(prefix .. 'end', op[4], op[2], op[3]), {}, {}
  for i = 1, #places do ids[i] = places[i][2] end
  record.fetch(ids)
  for i = 1, #ids do
    local id, row = ids[i], record.find(ids[i])
    if row then
      local blobs = row[BLOBS] and call('SMEMBERS', prefix .. 'o:' .. id) or {}
      answers[#answers + 1] = { record.answers({ id })[1], blobs, turn.list(id, row) }
    end
  end
  return answers
end
