/* elem.h - the element type of this compilation. */
#ifndef WF_ELEM_H
#define WF_ELEM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/assert.h"
#include "lib/kernel/kernel.h"

#if defined(ELEM_I32)
typedef int32_t  elem;
typedef uint32_t elem_wrap;  /* where overflow is defined */
typedef int32_t  elem_mask;  /* a truth as wide as an element */
#define ELEM          i32
#define ELEM_IS_FLOAT 0
#define ELEM_MIN      INT32_MIN
#define ELEM_MAX      INT32_MAX
#elif defined(ELEM_I64)
typedef int64_t  elem;
typedef uint64_t elem_wrap;
typedef int64_t  elem_mask;
#define ELEM          i64
#define ELEM_IS_FLOAT 0
#define ELEM_MIN      INT64_MIN
#define ELEM_MAX      INT64_MAX
#elif defined(ELEM_F32)
typedef float  elem;
typedef float  elem_wrap;
typedef int32_t  elem_mask;  /* a truth as wide as an element */
#define ELEM          f32
#define ELEM_IS_FLOAT 1
#define ELEM_MIN      (-INFINITY)
#define ELEM_MAX      INFINITY
#define REAL(name)    name##f   /* the function of <math.h> for this type */
#elif defined(ELEM_F64)
typedef double elem;
typedef double elem_wrap;
typedef int64_t  elem_mask;
#define ELEM          f64
#define ELEM_IS_FLOAT 1
#define ELEM_MIN      (-(double)INFINITY)
#define ELEM_MAX      ((double)INFINITY)
#define REAL(name)    name
#else
#error "compile the files of lib/kernel/typed with an ELEM_ type"
#endif

static inline bool elem_is_nan(elem x)
{
#if ELEM_IS_FLOAT
    return x != x;
#else
    return (void)x, false;
#endif
}

#define FOR_TYPE(name) WF_NAME3(name, ELEM, ISA) /* wf_arith -> wf_arith_i64_v3 */

#endif
