/*
 * TLS for the HTTP server: TLS 1.2 with AEAD and ECDHE only, and TLS 1.3 (RFC 8446, RFC 9325). The
 * structs are OpenSSL's own, so that libevent can take them.
 */
#ifndef CRYPT_TLS_H
#define CRYPT_TLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ssl_ctx_st;
struct ssl_st;

/* From PEM files: a certificate with its chain, and its key, which only its owner may read. */
enum err tls_context_load(const char *certificate_path, const char *key_path,
                          struct ssl_ctx_st **context, struct fault *fault) MUST_CHECK;
void tls_context_destroy(struct ssl_ctx_st *context);

/* A new server session, or NULL when there is no memory. Keeps the context alive. */
struct ssl_st *tls_session_create(struct ssl_ctx_st *context);

/*
 * Lets take() see what comes before the handshake, at most max bytes of it, each time with all that
 * has come: it returns 0 for "more", the number of bytes that are not TLS's, or −1, which fails the
 * handshake. To be called when the session has its socket and before it has read from it.
 */
void tls_session_preface(struct ssl_st *session, size_t max,
                         int (*take)(void *context, const uint8_t *data, size_t len),
                         void *context);

/* Tells the peer that nothing more will come (close_notify), without waiting for its answer. */
void tls_session_finish(struct ssl_st *session);

#endif
