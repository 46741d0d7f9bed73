/* assert.h - a mistake of the programmer stops debug builds here; release builds do not look. */
#ifndef WF_ASSERT_H
#define WF_ASSERT_H

#include <assert.h>

#define WF_ASSERT(truth) assert(truth)

/* Joins names after expanding them: WF_NAME2(wf_arith, ELEM) is wf_arith_i64. */
#define WF_NAME2_(a, b)    a##_##b
#define WF_NAME2(a, b)     WF_NAME2_(a, b)
#define WF_NAME3_(a, b, c) a##_##b##_##c
#define WF_NAME3(a, b, c)  WF_NAME3_(a, b, c)

#endif
