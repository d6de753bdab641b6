/* `dauys campaign …`: check, create, sign, show. The exit codes: 0 done, 1 what was given is wrong,
 * 2 it could not be done or the call is wrong. */
#ifndef CAMPAIGN_COMMAND_H
#define CAMPAIGN_COMMAND_H

int campaign_command(int argc, char **argv);

#endif
