/* type.c - which types an operation takes and gives: NumPy's table, values not looked at. */
#include "lib/expr/type.h"

#include "lib/base/error.h"
#include "lib/expr/expr.h"
#include "lib/expr/op.h"

static bool is_number(weft_dtype t)
{
    return t == WEFT_BOOL || t == WEFT_INT64 || t == WEFT_FLOAT32 || t == WEFT_FLOAT64;
}

static bool is_float(weft_dtype t)
{
    return t == WEFT_FLOAT32 || t == WEFT_FLOAT64;
}

bool wf_dtype_meet(weft_dtype x, weft_dtype y, weft_dtype *out)
{
    if (x == y) {
        *out = x;
        return true;
    }
    if (!is_number(x) || !is_number(y))
        return false;
    if (x == WEFT_BOOL)
        *out = y;
    else if (y == WEFT_BOOL)
        *out = x;
    else /* two of int64, float32, float64 that differ */
        *out = WEFT_FLOAT64;
    return true;
}

static bool is_pair(weft_dtype x, weft_dtype y, weft_dtype a, weft_dtype b)
{
    return (x == a && y == b) || (x == b && y == a);
}

static weft_status no_meaning(weft_op op, int n, const weft_dtype *args, struct weft_error *err)
{
    if (n == 1)
        return weft_error_set(err, WEFT_TYPE, "%s: no meaning for %s", wf_ops[op].name,
                              weft_dtype_name(args[0]));
    return weft_error_set(err, WEFT_TYPE, "%s: no meaning for %s and %s%s", wf_ops[op].name,
                          weft_dtype_name(args[n - 2]), weft_dtype_name(args[n - 1]),
                          is_pair(args[n - 2], args[n - 1], WEFT_DATE, WEFT_STRING)
                              ? "; a date is written date'2020-01-31'" : "");
}

/* date + int64, int64 + date, date - int64 and date - date, computed as int64. */
static bool is_calendar(weft_op op, const weft_dtype *args, weft_dtype *result)
{
    const bool x = args[0] == WEFT_DATE, y = args[1] == WEFT_DATE;

    if (op != WEFT_OP_ADD && op != WEFT_OP_SUBTRACT)
        return false;
    *result = WEFT_DATE;
    if (x && y) {
        *result = WEFT_INT64;
        return op == WEFT_OP_SUBTRACT;
    }
    return (x && args[1] == WEFT_INT64) || (y && args[0] == WEFT_INT64 && op == WEFT_OP_ADD);
}

weft_status wf_op_typing(struct wf_typing *out, weft_op op, const weft_dtype *args,
                         struct weft_error *err)
{
    const struct wf_op_info *info = &wf_ops[op];
    const int n = info->arity, first = wf_op_decider(op);
    weft_dtype meet = args[n - 1], result;

    if (n - first == 2 && !wf_dtype_meet(args[n - 2], args[n - 1], &meet)
        && !(info->rule == WF_RULE_NUMBER && is_calendar(op, args, &result)))
        return no_meaning(op, n, args, err);

    switch (info->rule) {
    case WF_RULE_NUMBER:
        if (n == 2 && is_calendar(op, args, &result)) {
            *out = (struct wf_typing){{WEFT_INT64, WEFT_INT64}, WEFT_INT64, result};
            return WEFT_OK;
        }
        /* fall through */
    case WF_RULE_ROUND:
        if (!is_number(meet))
            return no_meaning(op, n, args, err);
        result = meet = meet == WEFT_BOOL ? WEFT_INT64 : meet;
        break;
    case WF_RULE_REAL:
        if (!is_number(meet))
            return no_meaning(op, n, args, err);
        result = meet = is_float(meet) ? meet : WEFT_FLOAT64;
        break;
    case WF_RULE_EXTREME:
        if (!is_number(meet) && meet != WEFT_DATE)
            return no_meaning(op, n, args, err);
        result = meet;
        break;
    case WF_RULE_TEST:
        if (!is_number(meet))
            return no_meaning(op, n, args, err);
        result = WEFT_BOOL;
        break;
    case WF_RULE_LOGIC:
        for (int i = 0; i < n; i++)
            if (args[i] != WEFT_BOOL)
                return weft_error_set(err, WEFT_TYPE, "%s: needs bool, this is %s", info->name,
                                      weft_dtype_name(args[i]));
        result = WEFT_BOOL;
        break;
    case WF_RULE_IF:
        if (args[0] != WEFT_BOOL)
            return weft_error_set(err, WEFT_TYPE, "%s: the condition must be bool, this is %s",
                                  info->name, weft_dtype_name(args[0]));
        result = meet;
        break;
    case WF_RULE_COALESCE:
        result = meet;
        break;
    case WF_RULE_COMPARE:
    case WF_RULE_NULL:
        result = WEFT_BOOL;
        break;
    case WF_RULE_CAST:
        if (args[0] != info->to
            && (args[0] == WEFT_STRING || (args[0] == WEFT_BOOL && info->to == WEFT_DATE)))
            return weft_error_set(err, WEFT_TYPE, "%s: cannot be made of %s", info->name,
                                  weft_dtype_name(args[0]));
        result = info->to;
        break;
    case WF_RULE_DATE:
    case WF_RULE_STRING:
        if (args[0] != (info->rule == WF_RULE_DATE ? WEFT_DATE : WEFT_STRING))
            return no_meaning(op, n, args, err);
        result = WEFT_INT64;
        break;
    default:
        return no_meaning(op, n, args, err);
    }
    *out = (struct wf_typing){{meet, meet, meet}, result, result};
    if (op == WEFT_OP_IF)
        out->args[0] = WEFT_BOOL;
    return WEFT_OK;
}

weft_status wf_op_type(weft_dtype *out, weft_op op, int n, const weft_dtype *args,
                       struct weft_error *err)
{
    struct wf_typing typing;
    weft_status st;

    if (n != wf_ops[op].arity)
        return weft_error_set(err, WEFT_INVALID, "%s: takes %d, %d given", wf_ops[op].name,
                              wf_ops[op].arity, n);
    st = wf_op_typing(&typing, op, args, err);
    if (!st)
        *out = typing.result;
    return st;
}
