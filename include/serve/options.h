/*
 * What an operator can set for `dauys serve` (dauys.conf, base/config.h), and which campaigns a
 * server has: every folder below `campaigns` with a rules.json.
 */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "base/err.h"
#include "serve/parent.h"

struct serve_options {
    struct config_list listen;
    char *admin;
    char *campaigns;
    char *run;
    char *web;
    char *calendar;
    bool service_worker;
    char *redis;
    char *redis_password_file;
    uint32_t fronts;
    struct config_list hosts;
    struct config_list proxies;
    bool proxy_protocol;
    bool behind_proxy;
    char *tls_certificate;
    char *tls_key;
    uint32_t commit_gap_ms;
    uint32_t queue_entries;
    uint32_t space_floor_mib;
    bool lift_limits;
    uint32_t signins_per_minute;
    uint32_t passes_per_minute;
    uint32_t ballots_per_minute;
    uint32_t connections;
    uint32_t connections_per_address;
    uint32_t requests_per_connection;
    char *log_level;
};

/* Reads and checks: plain HTTP off loopback needs behind_proxy, limits are lifted on loopback only.
 * path NULL: all defaults. */
enum err serve_options_read(const char *path, struct serve_options *options,
                            struct fault *fault) MUST_CHECK;
void serve_options_release(struct serve_options *options);
void serve_options_print(const struct serve_options *options, FILE *out);

/* The campaigns there are, by id, in the form the parent wants; context is the serve_options. */
enum err serve_campaigns(void *context, struct parent_ledger **list, size_t *len,
                         struct fault *fault) MUST_CHECK;

/* True when name may be a campaign's id: [a-z0-9-], 1 to 32 of them. */
bool serve_campaign_id(const char *name);

#endif
