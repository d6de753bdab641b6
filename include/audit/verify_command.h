/* `dauys verify`: the auditor's tool. Exit codes: 0 good, 1 findings, 2 could not check or the call
 * is wrong. */
#ifndef AUDIT_VERIFY_COMMAND_H
#define AUDIT_VERIFY_COMMAND_H

int verify_command(int argc, char **argv);

#endif
