/* weft/op.h - the operations that work element by element, by number.
 *
 * One list serves arrays, expressions over columns and their text form: the name
 * of an operation in a text is weft_op_name(), and what it does and to which
 * types is said here. Types meet as in NumPy, by type alone and never by value:
 *
 *     bool < int64 < float64,  float32 < float64,  int64 with float32 is float64
 *
 * Arithmetic counts bool as 0 and 1 (int64). A null operand gives null, except
 * where said. Nothing here fails: int64 wraps, floats give inf and NaN.
 */
#ifndef WEFT_OP_H
#define WEFT_OP_H

#include <weft/dtype.h>

WEFT_BEGIN

typedef enum weft_op {
    /* Arithmetic: int64, float32 or float64, whatever the operands meet in. Dates: date + int64,
     * date - int64 are dates; date - date is int64 days. */
    WEFT_OP_ADD = 0,
    WEFT_OP_SUBTRACT,
    WEFT_OP_MULTIPLY,
    WEFT_OP_DIVIDE,       /* true division: int64 gives float64 */
    WEFT_OP_FLOOR_DIVIDE, /* toward minus infinity; int64 by 0 is 0 */
    WEFT_OP_REMAINDER,    /* x - floor(x / y) * y, the divisor's sign; int64 by 0 is 0 */
    WEFT_OP_FMOD,         /* the dividend's sign, as C's % and fmod; int64 by 0 is 0 */
    WEFT_OP_POWER,        /* int64 to a negative power is 1 / x^n cut to an integer; 0 for x = 0 */
    WEFT_OP_NEGATIVE,
    WEFT_OP_POSITIVE,
    WEFT_OP_ABS,
    WEFT_OP_SIGN,         /* -1, 0 or 1; NaN stays */
    WEFT_OP_SQUARE,
    WEFT_OP_MINIMUM,      /* NaN if either is; also bool and date */
    WEFT_OP_MAXIMUM,
    WEFT_OP_FMIN,         /* the other one if one is NaN; also bool and date */
    WEFT_OP_FMAX,

    /* Functions of real numbers: float32 stays, all else is float64. */
    WEFT_OP_FLOAT_POWER,
    WEFT_OP_RECIPROCAL,
    WEFT_OP_SQRT,
    WEFT_OP_CBRT,
    WEFT_OP_HYPOT,
    WEFT_OP_EXP,
    WEFT_OP_EXP2,
    WEFT_OP_EXPM1,
    WEFT_OP_LOG,
    WEFT_OP_LOG2,
    WEFT_OP_LOG10,
    WEFT_OP_LOG1P,
    WEFT_OP_LOGADDEXP,
    WEFT_OP_LOGADDEXP2,
    WEFT_OP_SIN,
    WEFT_OP_COS,
    WEFT_OP_TAN,
    WEFT_OP_ARCSIN,
    WEFT_OP_ARCCOS,
    WEFT_OP_ARCTAN,
    WEFT_OP_ARCTAN2,
    WEFT_OP_SINH,
    WEFT_OP_COSH,
    WEFT_OP_TANH,
    WEFT_OP_ARCSINH,
    WEFT_OP_ARCCOSH,
    WEFT_OP_ARCTANH,
    WEFT_OP_DEG2RAD,
    WEFT_OP_RAD2DEG,
    WEFT_OP_COPYSIGN,
    WEFT_OP_NEXTAFTER,

    /* Rounding: floats keep their type, int64 stays as it is. */
    WEFT_OP_FLOOR,
    WEFT_OP_CEIL,
    WEFT_OP_RINT,         /* half to even */
    WEFT_OP_TRUNC,

    /* Comparison: bool. Operands meet first; also bool, date, and string by bytes.
     * NaN is unequal to all. */
    WEFT_OP_EQUAL,
    WEFT_OP_NOT_EQUAL,
    WEFT_OP_LESS,
    WEFT_OP_LESS_EQUAL,
    WEFT_OP_GREATER,
    WEFT_OP_GREATER_EQUAL,

    /* Tests of floats: bool. Of int64 and bool they say the obvious. */
    WEFT_OP_ISNAN,
    WEFT_OP_ISINF,
    WEFT_OP_ISFINITE,
    WEFT_OP_SIGNBIT,

    /* Logic on bool. false and null is false, true or null is true (Kleene). */
    WEFT_OP_AND,
    WEFT_OP_OR,
    WEFT_OP_XOR,
    WEFT_OP_NOT,

    /* Choice, for every type; the branches meet. */
    WEFT_OP_IF,           /* if(c, a, b): a where c is true, b where it is false or null */
    WEFT_OP_COALESCE,     /* coalesce(a, b): a unless it is null, then b */
    WEFT_OP_ISNULL,       /* never null itself */
    WEFT_OP_NOTNULL,

    /* Another type. A float that int64 or date cannot hold (NaN too) becomes their least
     * number; bool is x != 0. Dates count days. */
    WEFT_OP_TO_BOOL,
    WEFT_OP_TO_INT64,
    WEFT_OP_TO_FLOAT32,
    WEFT_OP_TO_FLOAT64,
    WEFT_OP_TO_DATE,

    /* Parts of dates, and of strings: int64. */
    WEFT_OP_YEAR,
    WEFT_OP_MONTH,        /* 1 to 12 */
    WEFT_OP_DAY,          /* 1 to 31 */
    WEFT_OP_WEEKDAY,      /* 0 Monday to 6 Sunday */
    WEFT_OP_LEN,          /* code points */
} weft_op;
enum { WEFT_OP_COUNT = WEFT_OP_LEN + 1 };

/* "add", "floor_divide", "float64", ...: the name of its function in texts. */
WEFT_API const char *weft_op_name(weft_op op);

/* How many operands it takes: 1, 2 or 3. */
WEFT_API int weft_op_arity(weft_op op);

WEFT_END
#endif
