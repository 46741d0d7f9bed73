/* op.c - the one list of operations, which arrays, builders and texts read. */
#include "lib/expr/op.h"

#include <string.h>

#include "lib/base/assert.h"

const struct wf_op_info wf_ops[] = {
    [WEFT_OP_ADD]           = {"add", "+", 2, WF_RULE_NUMBER},
    [WEFT_OP_SUBTRACT]      = {"subtract", "-", 2, WF_RULE_NUMBER},
    [WEFT_OP_MULTIPLY]      = {"multiply", "*", 2, WF_RULE_NUMBER},
    [WEFT_OP_DIVIDE]        = {"divide", "/", 2, WF_RULE_REAL},
    [WEFT_OP_FLOOR_DIVIDE]  = {"floor_divide", "//", 2, WF_RULE_NUMBER},
    [WEFT_OP_REMAINDER]     = {"remainder", "%", 2, WF_RULE_NUMBER},
    [WEFT_OP_FMOD]          = {"fmod", NULL, 2, WF_RULE_NUMBER},
    [WEFT_OP_POWER]         = {"power", "**", 2, WF_RULE_NUMBER},
    [WEFT_OP_NEGATIVE]      = {"negative", NULL, 1, WF_RULE_NUMBER},
    [WEFT_OP_POSITIVE]      = {"positive", NULL, 1, WF_RULE_NUMBER},
    [WEFT_OP_ABS]           = {"abs", NULL, 1, WF_RULE_NUMBER},
    [WEFT_OP_SIGN]          = {"sign", NULL, 1, WF_RULE_NUMBER},
    [WEFT_OP_SQUARE]        = {"square", NULL, 1, WF_RULE_NUMBER},
    [WEFT_OP_MINIMUM]       = {"minimum", NULL, 2, WF_RULE_EXTREME},
    [WEFT_OP_MAXIMUM]       = {"maximum", NULL, 2, WF_RULE_EXTREME},
    [WEFT_OP_FMIN]          = {"fmin", NULL, 2, WF_RULE_EXTREME},
    [WEFT_OP_FMAX]          = {"fmax", NULL, 2, WF_RULE_EXTREME},
    [WEFT_OP_FLOAT_POWER]   = {"float_power", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_RECIPROCAL]    = {"reciprocal", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_SQRT]          = {"sqrt", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_CBRT]          = {"cbrt", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_HYPOT]         = {"hypot", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_EXP]           = {"exp", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_EXP2]          = {"exp2", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_EXPM1]         = {"expm1", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_LOG]           = {"log", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_LOG2]          = {"log2", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_LOG10]         = {"log10", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_LOG1P]         = {"log1p", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_LOGADDEXP]     = {"logaddexp", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_LOGADDEXP2]    = {"logaddexp2", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_SIN]           = {"sin", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_COS]           = {"cos", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_TAN]           = {"tan", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCSIN]        = {"arcsin", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCCOS]        = {"arccos", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCTAN]        = {"arctan", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCTAN2]       = {"arctan2", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_SINH]          = {"sinh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_COSH]          = {"cosh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_TANH]          = {"tanh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCSINH]       = {"arcsinh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCCOSH]       = {"arccosh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_ARCTANH]       = {"arctanh", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_DEG2RAD]       = {"deg2rad", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_RAD2DEG]       = {"rad2deg", NULL, 1, WF_RULE_REAL},
    [WEFT_OP_COPYSIGN]      = {"copysign", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_NEXTAFTER]     = {"nextafter", NULL, 2, WF_RULE_REAL},
    [WEFT_OP_FLOOR]         = {"floor", NULL, 1, WF_RULE_ROUND},
    [WEFT_OP_CEIL]          = {"ceil", NULL, 1, WF_RULE_ROUND},
    [WEFT_OP_RINT]          = {"rint", NULL, 1, WF_RULE_ROUND},
    [WEFT_OP_TRUNC]         = {"trunc", NULL, 1, WF_RULE_ROUND},
    [WEFT_OP_EQUAL]         = {"equal", "==", 2, WF_RULE_COMPARE},
    [WEFT_OP_NOT_EQUAL]     = {"not_equal", "!=", 2, WF_RULE_COMPARE},
    [WEFT_OP_LESS]          = {"less", "<", 2, WF_RULE_COMPARE},
    [WEFT_OP_LESS_EQUAL]    = {"less_equal", "<=", 2, WF_RULE_COMPARE},
    [WEFT_OP_GREATER]       = {"greater", ">", 2, WF_RULE_COMPARE},
    [WEFT_OP_GREATER_EQUAL] = {"greater_equal", ">=", 2, WF_RULE_COMPARE},
    [WEFT_OP_ISNAN]         = {"isnan", NULL, 1, WF_RULE_TEST},
    [WEFT_OP_ISINF]         = {"isinf", NULL, 1, WF_RULE_TEST},
    [WEFT_OP_ISFINITE]      = {"isfinite", NULL, 1, WF_RULE_TEST},
    [WEFT_OP_SIGNBIT]       = {"signbit", NULL, 1, WF_RULE_TEST},
    [WEFT_OP_AND]           = {"and", "and", 2, WF_RULE_LOGIC},
    [WEFT_OP_OR]            = {"or", "or", 2, WF_RULE_LOGIC},
    [WEFT_OP_XOR]           = {"xor", NULL, 2, WF_RULE_LOGIC},
    [WEFT_OP_NOT]           = {"not", NULL, 1, WF_RULE_LOGIC},
    [WEFT_OP_IF]            = {"if", NULL, 3, WF_RULE_IF},
    [WEFT_OP_COALESCE]      = {"coalesce", NULL, 2, WF_RULE_COALESCE},
    [WEFT_OP_ISNULL]        = {"isnull", NULL, 1, WF_RULE_NULL},
    [WEFT_OP_NOTNULL]       = {"notnull", NULL, 1, WF_RULE_NULL},
    [WEFT_OP_TO_BOOL]       = {"bool", NULL, 1, WF_RULE_CAST, WEFT_BOOL},
    [WEFT_OP_TO_INT64]      = {"int64", NULL, 1, WF_RULE_CAST, WEFT_INT64},
    [WEFT_OP_TO_FLOAT32]    = {"float32", NULL, 1, WF_RULE_CAST, WEFT_FLOAT32},
    [WEFT_OP_TO_FLOAT64]    = {"float64", NULL, 1, WF_RULE_CAST, WEFT_FLOAT64},
    [WEFT_OP_TO_DATE]       = {"date", NULL, 1, WF_RULE_CAST, WEFT_DATE},
    [WEFT_OP_YEAR]          = {"year", NULL, 1, WF_RULE_DATE},
    [WEFT_OP_MONTH]         = {"month", NULL, 1, WF_RULE_DATE},
    [WEFT_OP_DAY]           = {"day", NULL, 1, WF_RULE_DATE},
    [WEFT_OP_WEEKDAY]       = {"weekday", NULL, 1, WF_RULE_DATE},
    [WEFT_OP_LEN]           = {"len", NULL, 1, WF_RULE_STRING},
};
_Static_assert(sizeof wf_ops / sizeof *wf_ops == WEFT_OP_COUNT, "each operation has its line");

const char *weft_op_name(weft_op op)
{
    WF_ASSERT((int)op >= 0 && (int)op < WEFT_OP_COUNT);
    return wf_ops[op].name;
}

int weft_op_arity(weft_op op)
{
    WF_ASSERT((int)op >= 0 && (int)op < WEFT_OP_COUNT);
    return wf_ops[op].arity;
}

int wf_op_find(const char *name, size_t n)
{
    for (int i = 0; i < WEFT_OP_COUNT; i++)
        if (strlen(wf_ops[i].name) == n && !memcmp(wf_ops[i].name, name, n))
            return i;
    return -1;
}
