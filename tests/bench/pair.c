/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs two commands as whole processes in turn, A B A B, and prints one row: medians, the ratio
 * A/B, its spread and the goal. In turn, because machines change their pace by the minute; the
 * ratio of neighbours is what stays.
 *
 *   pair RUNS KIND GOAL LABEL -- A... -- B...     KIND: wall cpu; wall:N:M, cpu:N:M where A does
 *                                                 N things and B does M: what one of them costs
 *   pair RUNS memory GOAL LABEL -- A... -- FILE   peak memory of A against the size of FILE
 *
 * Before each run of A or B, not timed, the shell command in BEFORE_A or BEFORE_B of the
 * environment, for what changes something.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 101

struct figures {
	double wall_s, cpu_s, peak_bytes;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ours may end with 1, which is an answer; a peer that fails would be fast for nothing. */
static struct figures run(char **argv, int code_max)
{
	struct figures f = {0};
	struct rusage use;
	double start = now_s();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
			_exit(126);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > code_max) {
		(void)fprintf(stderr, "pair: %s did not run\n", argv[0]);
		exit(1);
	}
	f.wall_s = now_s() - start;
	f.cpu_s = seconds(use.ru_utime) + seconds(use.ru_stime);
	f.peak_bytes = (double)use.ru_maxrss * 1024;
	return f;
}

static void prepare(const char *variable)
{
	const char *command = getenv(variable);

	if (command && system(command) != 0) {
		(void)fprintf(stderr, "pair: %s failed: %s\n", variable, command);
		exit(1);
	}
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double pick(const struct figures *f, const char *kind)
{
	if (strncmp(kind, "cpu", 3) == 0)
		return f->cpu_s;
	return strcmp(kind, "memory") == 0 ? f->peak_bytes : f->wall_s;
}

/* The counts behind "cpu:N:M"; the colon becomes the end of the word that is printed. */
static void take_counts(char *kind, double *a, double *b)
{
	char *colon = strchr(kind, ':'), *end = NULL;

	*a = *b = 1;
	if (!colon)
		return;
	*colon = '\0';
	*a = strtod(colon + 1, &end);
	*b = *end == ':' ? strtod(end + 1, &end) : 0;
	if (*end || *a < 1 || *b < 1) {
		(void)fprintf(stderr, "pair: expected KIND:N:M\n");
		exit(2);
	}
}

/* The place of the n-th "--", made the end of the list before it. */
static int cut(int argc, char **argv, int from)
{
	for (int i = from; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			return i;
		}
	}
	(void)fprintf(stderr, "usage: pair RUNS KIND GOAL LABEL -- A... -- B...\n");
	exit(2);
}

static double file_size(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		(void)fprintf(stderr, "pair: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return (double)st.st_size;
}

int main(int argc, char **argv)
{
	double a[RUNS_MAX], b[RUNS_MAX], ratio[RUNS_MAX], goal, middle, a_count, b_count;
	int runs, first, second, is_memory;

	if (argc < 8)
		(void)cut(0, argv, 0);
	runs = (int)strtol(argv[1], NULL, 10);
	goal = strtod(argv[3], NULL);
	take_counts(argv[2], &a_count, &b_count);
	is_memory = strcmp(argv[2], "memory") == 0;
	first = cut(argc, argv, 5);
	second = cut(argc, argv, first + 1);
	if (runs < 1 || runs > RUNS_MAX)
		return 2;
	prepare("BEFORE_A");
	(void)run(argv + first + 1, 1); /* warms the caches */
	for (int i = 0; i < runs; i++) {
		struct figures f, g;

		prepare("BEFORE_A");
		f = run(argv + first + 1, 1);
		a[i] = pick(&f, argv[2]) / a_count;
		if (is_memory) {
			b[i] = file_size(argv[second + 1]);
		} else {
			prepare("BEFORE_B");
			g = run(argv + second + 1, 0);
			b[i] = pick(&g, argv[2]) / b_count;
		}
		ratio[i] = b[i] > 0 ? a[i] / b[i] : 0;
	}
	middle = median(ratio, runs);
	(void)printf("%-44s %-6s %10.4g %10.4g  %7.3f  %.3f..%.3f  <= %-6g %s\n", argv[4], argv[2],
		     is_memory ? median(a, runs) / 1e6 : median(a, runs) * 1e3,
		     is_memory ? median(b, runs) / 1e6 : median(b, runs) * 1e3, middle, ratio[0],
		     ratio[runs - 1], goal, middle <= goal ? "met" : "MISSED");
	return 0;
}
