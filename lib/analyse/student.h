/* student.h - tails of the binomial, Student's and Fisher's distributions, by one function. */
#ifndef WF_STUDENT_H
#define WF_STUDENT_H

/* I_x(a, b), the regularised incomplete beta function; a, b > 0. To about 1e-14. */
double wf_beta_inc(double a, double b, double x);

/* t with P(|T| > t) = 1 - confidence, T of Student's distribution with `dof` > 0 degrees of freedom. */
double wf_student_t(double confidence, double dof);

/* P(F > f), F of Fisher's distribution with d1 and d2 degrees of freedom. */
double wf_fisher_tail(double f, double d1, double d2);

/* P(X <= k), X the number of heads of n fair coins; 0 for k < 0. */
double wf_coins_tail(long k, long n);

#endif
