#!lua name=dauys

-- dauys_apply: one batch of ledger entries, whole or not at all, and never twice.
--
-- KEYS[1] = {c:ID}:applied, KEYS[2…] = every key that is changed.
-- ARGV    = first, size, root, checkpoint, then changes: a letter, the number of a key in KEYS, the
--           number of items, the items.
--   I field n …       add n to fields; a field that becomes 0 goes, as if it had never been
--   H field value …   set fields         F field …   drop fields
--   S value           set the key        D           drop the key
--
-- Answers {verdict, size, root}: OK; BEHIND or AHEAD with where `applied` stands; BROKEN.
-- A function is not rolled back when a command of it fails, so such a state is marked.

local SLICE = 1000 -- arguments of one redis.call; Lua's stack takes about 8,000

local function add(key, argv, at, past)
    for i = at, past - 1, 2 do
        if redis.call('HINCRBY', key, argv[i], argv[i + 1]) == 0 then
            redis.call('HDEL', key, argv[i])
        end
    end
end

local function in_slices(command, key, argv, at, past)
    for i = at, past - 1, SLICE do
        redis.call(command, key, unpack(argv, i, math.min(i + SLICE, past) - 1))
    end
end

local function change(keys, argv)
    local at, last = 5, #argv
    while at <= last do
        local kind, key = argv[at], keys[tonumber(argv[at + 1])]
        local items = at + 3
        at = items + tonumber(argv[at + 2])
        if kind == 'I' then
            add(key, argv, items, at)
        elseif kind == 'H' then
            in_slices('HSET', key, argv, items, at)
        elseif kind == 'F' then
            in_slices('HDEL', key, argv, items, at)
        elseif kind == 'S' then
            redis.call('SET', key, argv[items])
        elseif kind == 'D' then
            redis.call('UNLINK', key)
        else
            error('unknown change')
        end
    end
end

local function apply(keys, argv)
    local applied = redis.call('HMGET', keys[1], 'size', 'root', 'broken')
    local size = applied[1] or '0'
    if applied[3] then
        return {'BROKEN', '0', ''}
    end
    if size ~= argv[1] then
        local verdict = tonumber(size) < tonumber(argv[1]) and 'BEHIND' or 'AHEAD'
        return {verdict, size, applied[2] or ''}
    end
    local ok, why = pcall(change, keys, argv)
    if not ok then
        redis.call('HSET', keys[1], 'broken', '1')
        why = type(why) == 'table' and why.err or tostring(why)
        redis.log(redis.LOG_WARNING, 'dauys_apply: ' .. why)
        return {'BROKEN', '0', ''}
    end
    redis.call('HSET', keys[1], 'size', argv[2], 'root', argv[3], 'checkpoint', argv[4])
    return {'OK', argv[2], argv[3]}
end

-- dauys_limit: GCRA on Redis' clock, several limits at once.
--
-- KEYS = one key a limit; ARGV = rate, period in µs, burst, cost for each. A key holds the theoretical
-- arrival time (µs) of the next event: each event moves it by period / rate, and it may run ahead of
-- now by burst times that. Answers {allowed, number of the limit that said no (0: none), µs to
-- wait (-1: for ever), events that are left}.
local function limit(keys, argv)
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
    local arrivals, blocked, wait, left = {}, 0, 0, math.huge
    for i = 1, #keys do
        local rate, period = tonumber(argv[4 * i - 3]), tonumber(argv[4 * i - 2])
        local burst, cost = tonumber(argv[4 * i - 1]), tonumber(argv[4 * i])
        local step = period / rate
        local most = now + step * burst
        -- A clock that went back must not shut anybody out for longer than a full burst does.
        local arrival = math.min(math.max(tonumber(redis.call('GET', keys[i]) or 0), now), most)
        local after = arrival + step * cost
        -- Half a µs: the sum of steps that are no whole numbers is not exact.
        if after > most + 0.5 then
            local mine = cost > burst and -1 or math.ceil(after - most)
            if blocked == 0 then
                blocked = i
            end
            if wait ~= -1 and (mine == -1 or mine > wait) then
                wait = mine
            end
            after = arrival
        end
        arrivals[i] = cost > 0 and after or false
        left = math.min(left, math.floor((most - after) / step + 0.001))
    end
    if blocked > 0 then
        return {0, blocked, wait, 0}
    end
    for i = 1, #keys do
        if arrivals[i] then
            local ttl = math.max(1, math.ceil((arrivals[i] - now) / 1000))
            redis.call('SET', keys[i], string.format('%.3f', arrivals[i]), 'PX', ttl)
        end
    end
    return {1, 0, 0, left}
end

redis.register_function('dauys_apply', apply)
redis.register_function('dauys_limit', limit)
