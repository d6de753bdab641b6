/* `dauys serve` and `dauys state-digest`. The exit codes: 0 done, 1 what was given is wrong, 2 it
 * could not be done or the call is wrong. */
#ifndef SERVE_COMMAND_H
#define SERVE_COMMAND_H

int serve_command(int argc, char **argv);

/* Prints a hash over every key of a campaign in Redis but sessions and limits: two servers with
 * equal digests publish the same. */
int state_digest_command(int argc, char **argv);

/* Compares all that Redis holds of a campaign with what its ledger gives: 0 the same, 1
 * differences, 2 it could not be compared. */
int check_redis_command(int argc, char **argv);

#endif
