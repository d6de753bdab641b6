/* `dauys register import`. */
#ifndef REGISTER_REGISTER_COMMAND_H
#define REGISTER_REGISTER_COMMAND_H

/* Exit code: 0 done; 1 to be confirmed or refused; 2 it could not be done. */
int register_command(int argc, char **argv);

#endif
