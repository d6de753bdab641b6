/* Subcommands; nothing else. */
#include <stdio.h>
#include <string.h>

#include "audit/rehearse_command.h"
#include "audit/verify_command.h"
#include "base/log.h"
#include "campaign/campaign_command.h"
#include "register/register_command.h"
#include "serve/serve_command.h"
#include "staff/staff_command.h"

static const struct {
    const char *name, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", "run the server", serve_command},
    {"campaign", "check rules; create, sign and show campaigns", campaign_command},
    {"staff", "accounts of a campaign's staff", staff_command},
    {"register", "import the NGO Database into a campaign", register_command},
    {"verify", "check a whole ledger and recount it", verify_command},
    {"rehearse", "play an election through a server and compare every count", rehearse_command},
    {"check-redis", "compare what Redis publishes with the ledger", check_redis_command},
    {"state-digest", "hash of what Redis publishes of a campaign", state_digest_command},
};

static int help(FILE *out)
{
    fputs("Dauys: public nominations and public evaluation of NGOs, with proof.\n\n"
          "Usage: dauys COMMAND [options]\n\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].help);
    fputs("\n`dauys COMMAND --help` says more. `dauys --version` prints the version.\n", out);
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    log_open("dauys", LOG_LEVEL_INFO);
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return printf("dauys %s\n", DAUYS_VERSION) < 0;
    if (argc >= 2 && strcmp(argv[1], "--help") == 0)
        return help(stdout);
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return help(stderr);
}
