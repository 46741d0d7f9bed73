/* sanitizer.c - what the sanitizers are told in every test program; they ask these functions.
 *
 * A size too big is refused, as anywhere else, not fatal: tests ask for such. The first thing
 * found ends a test. Variables of the environment come after and may say otherwise.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:abort_on_error=1:detect_stack_use_after_return=1";
}

const char *__ubsan_default_options(void)
{
    return "halt_on_error=1:abort_on_error=1:print_stacktrace=1";
}

const char *__tsan_default_options(void)
{
    return "halt_on_error=1:allocator_may_return_null=1:second_deadlock_stack=1";
}
