/* runner.c - runs Criterion's tests under the sanitizers, where its own runner cannot.
 *
 * Criterion keeps its reports in memory at addresses the thread sanitizer forbids, and stops
 * before the first test (Criterion issue 274); and now and then it leaves 48 bytes of a timer
 * behind, which the leak checker tells. Linked into a test program, this file takes the place
 * of its main(): the tests that the Test() macros list are run one by one, each in a process
 * of its own as ever, and what an assertion calls is answered here. The tests are unchanged.
 * Parameterized tests and theories are refused.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The linker's names for the tables that Test() and TestSuite() fill. */
extern struct criterion_test *__start_cr_tst[], *__stop_cr_tst[];
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak));
extern struct criterion_suite *__stop_cr_sts[] __attribute__((weak));

/* What a test's process leaves behind, in memory that its parent shares. */
static struct {
    int failed, skipped;
} *told;

static const struct criterion_test  *now;
static const struct criterion_suite *now_suite;
static jmp_buf                       out_of_test;

static void call(void (*fn)(void))
{
    if (fn)
        fn();
}

void criterion_internal_test_setup(void)
{
    if (now_suite)
        call(now_suite->data->init);
    call(now->data->init);
}

void criterion_internal_test_main(void (*fn)(void))
{
    if (!setjmp(out_of_test))
        fn();
}

void criterion_internal_test_teardown(void)
{
    call(now->data->fini);
    if (now_suite)
        call(now_suite->data->fini);
}

static void say(const char *file, unsigned line, const char *message)
{
    fprintf(stderr, "[----] %s:%u: Assertion failed: %s\n", file, line, message ? message : "");
    told->failed = 1;
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (!stats->passed)
        say(stats->file, stats->line, stats->message);
}

void cri_assert_node_send(const char *file, size_t line, struct cri_assert_node *node)
{
    say(file, (unsigned)line, node->message ? node->message : node->repr);
}

void cri_asserts_passed_incr(void)
{
}

void criterion_continue_test(void)
{
}

void criterion_abort_test(void)
{
    longjmp(out_of_test, 1);
}

static void say_why(const char *what, const char *fmt, va_list args)
{
    fprintf(stderr, "[%s] %s::%s: ", what, now->category, now->name);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
}

void criterion_skip_test(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say_why("SKIP", fmt, args);
    va_end(args);
    told->skipped = 1;
    criterion_abort_test();
}

void criterion_test_die(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say_why("FAIL", fmt, args);
    va_end(args);
    told->failed = 1;
    exit(1);
}

enum outcome { PASSED, FAILED, CRASHED, SKIPPED };

/* A race makes the sanitizer end the process with a code of its own (66): not what was expected. */
static enum outcome judge(int status)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == now->data->signal ? PASSED : CRASHED;
    if (told->failed)
        return FAILED;
    if (told->skipped)
        return WEXITSTATUS(status) ? FAILED : SKIPPED;
    return WEXITSTATUS(status) == now->data->exit_code && !now->data->signal ? PASSED : FAILED;
}

static enum outcome run(const struct criterion_test *test)
{
    int status = 0;
    pid_t pid;

    now = test;
    now_suite = NULL;
    for (struct criterion_suite **s = __start_cr_sts; s < __stop_cr_sts; s++)
        if (*s && strcmp((*s)->name, test->category) == 0)
            now_suite = *s;
    if (test->data->kind_ != CR_TEST_NORMAL) {
        fprintf(stderr, "[FAIL] %s::%s: this runner has no parameters\n", test->category, test->name);
        return FAILED;
    }
    if (test->data->disabled)
        return SKIPPED;
    memset(told, 0, sizeof *told);
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        /* Ten times the patience: everything is that much slower here. */
        alarm((unsigned)(10 * test->data->timeout));
        test->test();
        exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return CRASHED;
    return judge(status);
}

int main(int argc, char **argv)
{
    const char *filter = argc > 2 && strcmp(argv[1], "--filter") == 0 ? argv[2] : "*";
    int n[4] = {0};

    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (told == MAP_FAILED)
        return 1;
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        enum outcome how;

        if (!*t || fnmatch(filter, (*t)->data->identifier_, 0))
            continue;
        how = run(*t);
        n[how]++;
        if (how == FAILED || how == CRASHED)
            fprintf(stderr, "[FAIL] %s::%s%s\n", (*t)->category, (*t)->name, how == CRASHED ? ": crashed" : "");
    }
    fprintf(stderr, "[====] Synthesis: Tested: %d | Passing: %d | Failing: %d | Crashing: %d\n",
            n[PASSED] + n[FAILED] + n[CRASHED], n[PASSED], n[FAILED] + n[CRASHED], n[CRASHED]);
    return n[FAILED] + n[CRASHED] > 0;
}
