/* weft/api.h - the four attribute macros of the public headers. */
#ifndef WEFT_API_H
#define WEFT_API_H

#ifdef __cplusplus
#define WEFT_BEGIN extern "C" {
#define WEFT_END   }
#else
#define WEFT_BEGIN
#define WEFT_END
#endif

#if defined(__GNUC__)
#define WEFT_API __attribute__((visibility("default")))
/* The argument `fmt` is a printf format, its values start at `first`. */
#define WEFT_FORMAT(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define WEFT_API
#define WEFT_FORMAT(fmt, first)
#endif

#endif
