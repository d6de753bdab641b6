#include "pem.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/pem.h>

/* OpenSSL's own would ask the terminal. */
static int no_passphrase(char *out, int cap, int writing, void *context)
{
    (void)out;
    (void)cap;
    (void)writing;
    (void)context;
    return -1;
}

/* White space up to the end. */
static bool at_end(BIO *bio)
{
    char byte;

    while (BIO_read(bio, &byte, 1) == 1)
        if (!strchr(" \t\r\n", byte))
            return false;
    return true;
}

enum err pem_parse(struct slice pem, EVP_PKEY **key)
{
    /* OpenSSL would also take other forms and text before them; keys have one form here. */
    static const char head[] = "-----BEGIN PRIVATE KEY-----\n";
    bool right_form =
        pem.len > strlen(head) && pem.len < INT_MAX && memcmp(pem.data, head, strlen(head)) == 0;
    BIO *bio = right_form ? BIO_new_mem_buf(pem.data, (int)pem.len) : NULL;
    EVP_PKEY *parsed = NULL;

    if (bio)
        parsed = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    if (parsed && !at_end(bio)) {
        EVP_PKEY_free(parsed);
        parsed = NULL;
    }
    BIO_free(bio);
    ERR_clear_error();
    if (!parsed)
        return ERR_INVALID;
    *key = parsed;
    return OK;
}

enum err pem_put(const EVP_PKEY *key, struct buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem()); /* wipes what it held when freed */
    enum err err = ERR_INTERNAL;
    char *text = NULL;
    long len;

    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        len = BIO_get_mem_data(bio, &text);
        buf_put(out, text, (size_t)len);
        err = buf_failed(out) ? ERR_LIMITED : OK;
    }
    BIO_free(bio);
    ERR_clear_error();
    return err;
}
