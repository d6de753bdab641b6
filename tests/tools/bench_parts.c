/*
 * The bare parts of a pass and a ballot, in µs of processor time (so that others on the machine do
 * not count): what no server can do without. Prints JSON. V pass verify, E Ed25519 verify, G
 * Ed25519 sign, O HPKE open, H a bare HTTP POST of two system calls, S blind sign.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/random.h"
#include "crypt/ed25519.h"
#include "crypt/hpke.h"
#include "crypt/rsabssa.h"

#define TIMES 2000
#define SIGN_TIMES 300
#define POSTS 20000

static struct rsabssa_secret *secret;
static struct rsabssa_public *public;
static uint8_t tok[RSABSSA_LEN], blinded[RSABSSA_LEN], blind_sig[RSABSSA_LEN];
static struct ed25519_secret key;
static uint8_t sig[ED25519_SIG_LEN], message[900];
static struct hpke_secret *seal;
static uint8_t enc[HPKE_PUBLIC_LEN], ct[256 + HPKE_TAG_LEN], pt[256];

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_parts: %s failed\n", what);
    exit(1);
}

static struct slice text(void)
{
    return slice_of(message, sizeof message);
}

static void prepare(void)
{
    uint8_t seed[32], salt[RSABSSA_SALT_LEN], r[RSABSSA_LEN], inverse[RSABSSA_LEN],
        point[HPKE_PUBLIC_LEN];
    struct buf spki;
    random_bytes(message, sizeof message);
    random_bytes(seed, sizeof seed);
    random_bytes(salt, sizeof salt);
    buf_init(&spki, 1024);
    must(rsabssa_secret_generate(&secret) == OK && rsabssa_secret_spki(secret, &spki) == OK &&
             rsabssa_public_parse(buf_slice(&spki), &public) == OK,
         "making a pass key");
    do
        random_bytes(r, sizeof r);
    while (rsabssa_blind(public, text(), salt, r, blinded, inverse) != OK);
    must(rsabssa_blind_sign(secret, blinded, blind_sig) == OK &&
             rsabssa_finalize(public, text(), blind_sig, inverse, tok) == OK,
         "making a pass");
    ed25519_from_seed(&key, seed);
    ed25519_sign(sig, &key, text());
    must(hpke_secret_generate(&seal) == OK, "making a seal key");
    hpke_secret_public(seal, point);
    must(hpke_seal(point, text(), text(), slice_of(pt, sizeof pt), enc, ct) == OK, "sealing");
    buf_release(&spki);
}

static bool verify_pass(void)
{
    return rsabssa_verify(public, text(), tok);
}
static bool verify_signature(void)
{
    return ed25519_verify(key.public, text(), sig);
}
static bool sign(void)
{
    ed25519_sign(sig, &key, text());
    return true;
}
static bool open_seal(void)
{
    return hpke_open(seal, enc, text(), text(), slice_of(ct, sizeof ct), pt) == OK;
}
static bool sign_blindly(void)
{
    return rsabssa_blind_sign(secret, blinded, blind_sig) == OK;
}

static double used_us(void)
{
    struct timespec used;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0, "reading processor time");
    return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static double measure(bool (*step)(void), unsigned times)
{
    double began_us = used_us();
    for (unsigned i = 0; i < times; i++)
        must(step(), "a measured step");
    return (used_us() - began_us) / times;
}

/* A server that only reads and writes, over a socket of this machine; its own processor time. */
static double bare_http(void)
{
    static const char answer[] = "HTTP/1.1 201 Created\r\nContent-Length: 300\r\n\r\n";
    char buffer[4096] = {0}, reply[400] = {0};
    struct rusage used;
    int pair[2];
    memcpy(reply, answer, sizeof answer - 1);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < POSTS; i++)
            if (read(pair[1], buffer, sizeof buffer) <= 0 ||
                write(pair[1], reply, sizeof reply) != (ssize_t)sizeof reply)
                _exit(1);
        _exit(0);
    }
    for (int i = 0; i < POSTS; i++)
        must(write(pair[0], buffer, 1100) == 1100 && read(pair[0], buffer, sizeof buffer) > 0,
             "a bare post");
    int status = 0;
    must(wait4(child, &status, 0, &used) == child && status == 0, "the bare server");
    return ((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
            (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec)) /
           POSTS;
}

int main(void)
{
    prepare();
    printf("{\"V\":%.2f,\"E\":%.2f,\"G\":%.2f,\"O\":%.2f,\"H\":%.2f,\"S\":%.2f}\n",
           measure(verify_pass, TIMES), measure(verify_signature, TIMES), measure(sign, TIMES),
           measure(open_seal, TIMES), bare_http(), measure(sign_blindly, SIGN_TIMES));
    return 0;
}
