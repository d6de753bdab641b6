/* The gate: never reads past its input, and says the same however the bytes are cut. */
#include "http/gate.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t body_max(void *context, struct slice method, struct slice target)
{
    (void)context;
    INVARIANT(method.len > 0 && method.len <= 7);
    INVARIANT(target.len > 0 && target.len <= GATE_TARGET_MAX && target.data[0] == '/');
    return target.len * 16;
}

static const char *const hosts[] = {"a", "b:80"};
static const struct gate_config config = {
    .hosts = hosts, .hosts_len = 2, .requests_max = 5, .body_max = body_max};

struct trace {
    uint64_t hash;
    size_t taken;
    enum gate_reason reason;
};

/* Feeds all in pieces of 1 … most bytes and folds every verdict and its place into the trace. */
static struct trace run(const uint8_t *data, size_t len, size_t most)
{
    struct trace trace = {0};
    struct gate gate;

    gate_init(&gate, &config);
    while (trace.taken < len) {
        size_t piece = most == 0 ? len - trace.taken : 1 + trace.taken % most;
        size_t some = piece < len - trace.taken ? piece : len - trace.taken;
        size_t used;
        enum gate_verdict verdict = gate_feed(&gate, data + trace.taken, some, &used);

        INVARIANT(used <= some && gate.body_left <= gate.body_len);
        trace.taken += used;
        if (verdict == GATE_MORE)
            INVARIANT(used == some);
        else
            trace.hash = trace.hash * 31 + (uint64_t)verdict * 65537 + trace.taken;
        if (verdict == GATE_REFUSED) {
            trace.reason = gate.reason;
            INVARIANT(trace.reason != GATE_REASON_NONE);
            break;
        }
    }
    return trace;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct trace whole = run(data, len, 0);

    for (size_t most = 1; most < 12; most += 5) {
        struct trace cut = run(data, len, most);

        INVARIANT(cut.hash == whole.hash && cut.taken == whole.taken && cut.reason == whole.reason);
    }
    return 0;
}
