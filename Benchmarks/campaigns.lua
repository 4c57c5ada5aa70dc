-- wrk's side of the HTTP comparison: the same requests for both servers.
--   METHOD=GET  reads /campaigns/{CAMPAIGN_ID} again and again.
--   METHOD=POST creates campaigns, each with a body of its own.
-- AUTHORIZATION is the whole header. The last line is JSON; times are in microseconds.
local method = os.getenv("METHOD") or "GET"
local headers = { ["Authorization"] = os.getenv("AUTHORIZATION"), ["Content-Type"] = "application/json" }
local threads = {}
local body = '{"name":"Bench %d-%d","description":"A pair of shoes on a wall in the evening sun.",'
    .. '"image_metadata":{"source_type":"ai_generated","prompt":"running shoe %d-%d"}}'

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init()
    count, wrong = 0, 0
    read = wrk.format("GET", "/campaigns/" .. (os.getenv("CAMPAIGN_ID") or "1"), headers)
end

function request()
    if method == "GET" then return read end
    count = count + 1
    return wrk.format("POST", "/campaigns", headers, body:format(number, count, number, count))
end

function response(status)
    if status ~= (method == "GET" and 200 or 202) then wrong = wrong + 1 end
end

function done(summary, latency)
    local wrong = 0
    for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
    local errors = summary.errors
    local failures = wrong + errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format('{"per_second": %.1f, "p50_us": %d, "p99_us": %d, "failures": %d}\n',
        summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99), failures))
end
