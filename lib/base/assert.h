/* assert.h - a mistake of the programmer stops debug builds here; release builds do not look. */
#ifndef WF_ASSERT_H
#define WF_ASSERT_H

#ifdef WF_SIM
/* In a simulation it ends the schedule, which can then be played again. */
_Noreturn void wf_assert_failed(const char *what, const char *file, int line);
#define WF_ASSERT(truth) ((truth) ? (void)0 : wf_assert_failed(#truth, __FILE__, __LINE__))
#else
#include <assert.h>
#define WF_ASSERT(truth) assert(truth)
#endif

/* Joins names after expanding them: WF_NAME2(wf_arith, ELEM) is wf_arith_i64. */
#define WF_NAME2_(a, b)    a##_##b
#define WF_NAME2(a, b)     WF_NAME2_(a, b)
#define WF_NAME3_(a, b, c) a##_##b##_##c
#define WF_NAME3(a, b, c)  WF_NAME3_(a, b, c)

#endif
