#include "acl.h"

#include "crypt/hash.h"

/* Only commands of one key or of keys named in the call; nothing that blocks, lists foreign keys,
 * changes the server or runs scripts that did not come with the ledger's library. */
#define READ                                                                                       \
    "+get +mget +getrange +strlen +exists +type +ttl +pttl +hget +hmget +hgetall +hexists +hlen "  \
    "+hscan +zrange +zscore +zcard +zcount +sismember +scard +smembers +lrange +llen "
#define WRITE                                                                                      \
    "+set +getdel +del +unlink +expire +pexpire +incr +incrby +hset +hsetnx +hdel +hincrby "

static const struct {
    const char *name;
    const char *may;
} users[ACL_USERS] = {
    [ACL_LEDGER] = {"ledger", "~{c:*}* " READ WRITE "+scan +sscan +dbsize +info +role +fcall "
                              "+fcall_ro +function|load +function|list"},
    [ACL_FRONT] = {"front", "%R~{c:*}* ~session:* ~limit:* " READ WRITE
                            "+time +fcall +fcall_ro +multi +exec +discard"},
    [ACL_REGISTRAR] = {"registrar", "~limit:* " READ WRITE "+time +fcall +fcall_ro"},
    [ACL_AUDIT] = {"audit", "%R~* " READ "+scan +sscan +dbsize +info"},
};

const char *acl_name(unsigned user)
{
    return users[user].name;
}

void acl_put(struct buf *out, char passwords[ACL_USERS][REDIS_PASSWORD_CAP])
{
    /* Nobody can be this user: it is off and has no password. But Redis 7.0 reads its own file as
     * it, and checks the commands of transactions, which is how a function's writes stand there:
     * without these rights all of them would be left out at a restart, with a line in its log. */
    buf_put_str(out, "user default off resetchannels ~* -@all +@write\n");
    for (unsigned i = 0; i < ACL_USERS; i++) {
        uint8_t hash[SHA256_LEN];
        sha256(hash, slice_str(passwords[i]));
        buf_printf(out, "user %s on #", users[i].name);
        buf_put_hex(out, hash, sizeof hash);
        buf_printf(out, " resetchannels -@all +ping +auth +echo %s\n", users[i].may);
    }
}
