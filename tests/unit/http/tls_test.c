/* HTTPS on a loopback socket: what is spoken, what is refused, reload. */
#include "fixture.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

static const char *const hosts[] = {"vote.example.kz"};

#define GET "GET /hello HTTP/1.1\r\nHost: vote.example.kz\r\nConnection: close\r\n\r\n"

struct tls_fixture {
    struct fixture plain;
    char folder[32], certificate[64], key[64];
};

static void hello(struct http_request *request, void *context)
{
    (void)context;
    assert_true(http_request_secure(request));
    http_reply(request, 200, "text/plain", slice_str("hello"));
}

static uint8_t big_bytes[1 << 20];

static void big(struct http_request *request, void *context)
{
    (void)context;
    http_reply(request, 200, "text/plain", slice_of(big_bytes, sizeof big_bytes));
}

static const struct http_route routes[] = {{HTTP_GET, "/hello", 0, hello},
                                           {HTTP_GET, "/big", 0, big}};

/* A self-signed certificate with this serial number, and its key. */
static void write_certificate(const struct tls_fixture *fixture, long serial)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    FILE *file;

    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)hosts[0], -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    file = fopen(fixture->certificate, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = fopen(fixture->key, "w");
    assert_non_null(file);
    assert_int_equal(chmod(fixture->key, 0600), 0);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int setup(void **state)
{
    struct tls_fixture *fixture = xcalloc(1, sizeof *fixture);
    struct fixture *plain = &fixture->plain;
    struct fault fault;

    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tls_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->certificate, sizeof fixture->certificate, "%s/cert.pem", fixture->folder);
    snprintf(fixture->key, sizeof fixture->key, "%s/key.pem", fixture->folder);
    write_certificate(fixture, 1);
    plain->base = event_base_new();
    http_server_config_default(&plain->config);
    plain->config.hosts = hosts;
    plain->config.hosts_len = 1;
    assert_int_equal(http_server_create(plain->base, &plain->config, NULL, &plain->server, &fault),
                     OK);
    http_server_route(plain->server, routes, 2, NULL);
    assert_int_equal(http_server_listen_tls(plain->server, fixture_bind(&plain->port),
                                            fixture->certificate, fixture->key, &fault),
                     OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct tls_fixture *fixture = *state;

    http_server_destroy(fixture->plain.server);
    event_base_free(fixture->plain.base);
    unlink(fixture->certificate);
    unlink(fixture->key);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

struct visit {
    bool connected, ended_well;
    int version;
    long serial;
    struct buf in;
};

static int wait_for(struct fixture *fixture, SSL *ssl, int result)
{
    int error = SSL_get_error(ssl, result);

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        fixture_turn(fixture);
    return error;
}

/* Connects with the client's settings, sends text, reads to the end. */
static void visit(struct fixture *fixture, SSL_CTX *context, const char *text, struct visit *visit)
{
    SSL *ssl = SSL_new(context);
    int fd = fixture_connect(fixture, 0), result, error = SSL_ERROR_WANT_READ;
    uint8_t bytes[16384];

    *visit = (struct visit){0};
    buf_init(&visit->in, 8 << 20);
    SSL_set_fd(ssl, fd);
    while (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        result = SSL_connect(ssl);
        if (result == 1)
            break;
        error = wait_for(fixture, ssl, result);
    }
    visit->connected = result == 1;
    if (visit->connected) {
        X509 *certificate = SSL_get1_peer_certificate(ssl);

        visit->version = SSL_version(ssl);
        visit->serial = ASN1_INTEGER_get(X509_get_serialNumber(certificate));
        X509_free(certificate);
        assert_int_equal(SSL_write(ssl, text, (int)strlen(text)), (int)strlen(text));
        for (;;) {
            result = SSL_read(ssl, bytes, sizeof bytes);
            if (result > 0) {
                buf_put(&visit->in, bytes, (size_t)result);
                continue;
            }
            error = wait_for(fixture, ssl, result);
            if (error != SSL_ERROR_WANT_READ)
                break;
        }
        visit->ended_well = error == SSL_ERROR_ZERO_RETURN;
    }
    ERR_clear_error();
    SSL_free(ssl);
    close(fd);
}

static SSL_CTX *client_context(int least, int most, const char *ciphers)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    SSL_CTX_set_security_level(context, 0); /* so that old things are tried at all */
    SSL_CTX_set_min_proto_version(context, least);
    SSL_CTX_set_max_proto_version(context, most);
    if (ciphers != NULL)
        assert_int_equal(SSL_CTX_set_cipher_list(context, ciphers), 1);
    return context;
}

static void test_versions(void **state)
{
    static const struct {
        int version;
        const char *ciphers;
        bool spoken;
    } rows[] = {
        {TLS1_3_VERSION, NULL, true},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
        {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
        {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false}, /* no AEAD */
        {TLS1_2_VERSION, "AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256", false},
        {TLS1_1_VERSION, "ALL", false},
        {TLS1_VERSION, "ALL", false},
    };
    struct tls_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        SSL_CTX *context = client_context(rows[i].version, rows[i].version, rows[i].ciphers);
        struct visit got;

        visit(&fixture->plain, context, GET, &got);
        if (got.connected != rows[i].spoken)
            fail_msg("version %x with %s", rows[i].version, rows[i].ciphers);
        if (got.connected) {
            assert_int_equal(got.version, rows[i].version);
            assert_non_null(strstr(buf_text(&got.in), "200 OK"));
            assert_non_null(strstr(buf_text(&got.in), "Strict-Transport-Security: max-age"));
            assert_non_null(strstr(buf_text(&got.in), "\r\n\r\nhello"));
        }
        buf_release(&got.in);
        SSL_CTX_free(context);
    }
    FIXTURE_UNTIL(&fixture->plain, http_server_connections(fixture->plain.server) == 0);
}

static void test_big_answer_and_refusal(void **state)
{
    struct tls_fixture *fixture = *state;
    SSL_CTX *context = client_context(TLS1_2_VERSION, TLS1_3_VERSION, NULL);
    struct visit got;

    for (size_t i = 0; i < sizeof big_bytes; i++)
        big_bytes[i] = (uint8_t)(i >> 5);
    visit(&fixture->plain, context,
          "GET /big HTTP/1.1\r\nHost: vote.example.kz\r\nConnection: close\r\n\r\n", &got);
    assert_true(got.in.len > sizeof big_bytes);
    assert_memory_equal(got.in.data + got.in.len - sizeof big_bytes, big_bytes, sizeof big_bytes);
    buf_release(&got.in);
    visit(&fixture->plain, context, GET "GET / HTTP/1.1\r\n\r\n", &got);
    assert_non_null(strstr(buf_text(&got.in), "\r\n\r\nhello"));
    buf_release(&got.in);
    visit(&fixture->plain, context, "GET / HTTP/1.1\r\n\r\n", &got);
    assert_non_null(strstr(buf_text(&got.in), "400 Bad Request"));
    assert_true(got.ended_well);
    buf_release(&got.in);
    SSL_CTX_free(context);
}

static void test_reload(void **state)
{
    struct tls_fixture *fixture = *state;
    SSL_CTX *context = client_context(TLS1_2_VERSION, TLS1_3_VERSION, NULL);
    struct visit got;
    struct fault fault = {{0}};

    visit(&fixture->plain, context, GET, &got);
    assert_int_equal(got.serial, 1);
    buf_release(&got.in);
    write_certificate(fixture, 2);
    assert_int_equal(http_server_reload(fixture->plain.server, &fault), OK);
    visit(&fixture->plain, context, GET, &got);
    assert_int_equal(got.serial, 2);
    buf_release(&got.in);

    assert_int_equal(truncate(fixture->certificate, 40), 0);
    assert_int_equal(http_server_reload(fixture->plain.server, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "cert.pem"));
    write_certificate(fixture, 3);
    assert_int_equal(chmod(fixture->key, 0644), 0);
    assert_int_equal(http_server_reload(fixture->plain.server, &fault), ERR_DENIED);
    visit(&fixture->plain, context, GET, &got);
    assert_int_equal(got.serial, 2);
    buf_release(&got.in);
    SSL_CTX_free(context);
}

static void test_plain_text_on_the_port(void **state)
{
    struct tls_fixture *fixture = *state;
    struct buf in;

    fixture_talk(&fixture->plain, GET, strlen(GET), &in);
    assert_null(strstr(buf_text(&in), "200 OK"));
    buf_release(&in);
    FIXTURE_UNTIL(&fixture->plain, http_server_connections(fixture->plain.server) == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_versions),
        TEST(test_big_answer_and_refusal),
        TEST(test_reload),
        TEST(test_plain_text_on_the_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
