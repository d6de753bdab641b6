#include "crypt/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/file.h"

/* A key file larger than this is none. */
#define TLS_KEY_MAX 65536

/* TLS 1.2: forward secrecy and authenticated encryption; TLS 1.3 has nothing else. RFC 9325 §4.2.
 */
#define TLS_12_CIPHERS                                                                             \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"     \
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

static enum err tls_fault(struct fault *fault, const char *what, const char *path)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    fault_set(fault, ERR_INVALID, "%s: %s: %s", path, what, reason ? reason : "unknown error");
    ERR_clear_error();
    return ERR_INVALID;
}

static enum err use_key(SSL_CTX *context, const char *path, struct fault *fault)
{
    struct buf pem;
    EVP_PKEY *key = NULL;
    BIO *bio = NULL;
    enum err err;

    buf_init(&pem, TLS_KEY_MAX);
    err = file_read_secret(path, &pem, fault);
    if (err != OK)
        goto out;
    bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    if (bio != NULL)
        key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    if (key == NULL || SSL_CTX_use_PrivateKey(context, key) != 1)
        err = tls_fault(fault, "not the key of the certificate", path);
    else if (SSL_CTX_check_private_key(context) != 1)
        err = tls_fault(fault, "not the key of the certificate", path);
out:
    EVP_PKEY_free(key);
    BIO_free(bio);
    buf_release_secret(&pem);
    return err;
}

enum err tls_context_load(const char *certificate_path, const char *key_path,
                          struct ssl_ctx_st **out, struct fault *fault)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    enum err err = OK;

    if (context == NULL)
        return fault_set(fault, ERR_INTERNAL, "TLS: no memory");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"dauys", 5);
    if (SSL_CTX_set_cipher_list(context, TLS_12_CIPHERS) != 1 ||
        SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1)
        err = tls_fault(fault, "cipher suites", "TLS");
    else if (SSL_CTX_use_certificate_chain_file(context, certificate_path) != 1)
        err = tls_fault(fault, "not a PEM certificate chain", certificate_path);
    else
        err = use_key(context, key_path, fault);
    if (err != OK) {
        SSL_CTX_free(context);
        return err;
    }
    *out = context;
    return OK;
}

void tls_context_destroy(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}

struct ssl_st *tls_session_create(struct ssl_ctx_st *context)
{
    return SSL_new(context);
}

void tls_session_finish(struct ssl_st *session)
{
    if (!SSL_is_init_finished(session))
        return;
    /* As if the peer had said goodbye already: SSL_shutdown() then sends ours and waits for
     * nothing. */
    SSL_set_shutdown(session, SSL_RECEIVED_SHUTDOWN);
    SSL_shutdown(session);
    ERR_clear_error();
}
