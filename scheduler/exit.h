/* exit.h - the program ends and has not freed its pools: they leave behind what they were to leave. */
#ifndef WF_EXIT_H
#define WF_EXIT_H

#include <weft/pool.h>

/* The pool has outlets, and is whole. Where the system has no room to be asked for it, a program that
 * exits leaves nothing. */
void wf_exit_enter(weft_pool *pool);

/* It is about to be freed; one that never entered is fine. While files are written at the end of the
 * program, this waits for ever. */
void wf_exit_leave(weft_pool *pool);

#endif
