/* SPDX-License-Identifier: Apache-2.0 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/redact.h"
#include "base/str.h"

#define OUTPUT_MAX ((size_t)4 << 20)
#define CHUNKS_MAX 256 /* of 4096 bytes: the largest pipe that one may ask for */

extern char **environ;

/* What the clients of the cloud read, and what is ours. */
static const char *const secret_prefixes[] = {"TENCENTCLOUD_", "TKE_", "TCCLI_", "QCLOUD_",
					      "SCANDRIFT_"};

static bool is_secret(const char *pair)
{
	for (size_t i = 0; i < ARRAY_LEN(secret_prefixes); i++) {
		if (strncmp(pair, secret_prefixes[i], strlen(secret_prefixes[i])) == 0)
			return true;
	}
	return false;
}

/* Pointers into the environment, and what keeps a program from asking. */
static char **make_environment(void)
{
	static char no_prompt[] = "GIT_TERMINAL_PROMPT=0",
		    no_askpass[] = "SSH_ASKPASS_REQUIRE=never", plain[] = "LC_ALL=C";
	size_t count = 0, n = 0;
	char **list;

	while (environ[count])
		count++;
	list = calloc(count + 4, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!is_secret(environ[i]) &&
		    strncmp(environ[i], "GIT_TERMINAL_PROMPT=", 20) != 0 &&
		    strncmp(environ[i], "SSH_ASKPASS_REQUIRE=", 20) != 0 &&
		    strncmp(environ[i], "LC_ALL=", 7) != 0)
			list[n++] = environ[i];
	}
	list[n++] = no_prompt;
	list[n++] = no_askpass;
	list[n] = plain;
	return list;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool child_is_there(const char *program)
{
	const char *path = getenv("PATH");
	bool found = false;

	if (strchr(program, '/'))
		return is_program(program);
	for (const char *p = path ? path : "/usr/bin:/bin"; !found;) {
		size_t n = strcspn(p, ":");
		char *full = NULL;

		if (asprintf(&full, "%.*s/%s", n ? (int)n : 1, n ? p : ".", program) < 0)
			return false;
		found = is_program(full);
		free(full);
		if (!p[n])
			break;
		p += n + 1;
	}
	return found;
}

struct pipes {
	int in[2], out[2], err[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		close_fd(&p->in[i]);
		close_fd(&p->out[i]);
		close_fd(&p->err[i]);
	}
}

static void be_child(const struct pipes *p, const char *const *argv, char **env, pid_t parent)
{
	/*
	 * Where this program is killed, git ends too and takes its locks with it; else it would go on
	 * beside the next run. A parent that is gone already sends no signal.
	 */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	/* A session of its own: no terminal to ask at, and a group that can be ended as a whole. */
	(void)setsid();
	(void)signal(SIGPIPE, SIG_DFL);
	if (dup2(p->in[0], STDIN_FILENO) < 0 || dup2(p->out[1], STDOUT_FILENO) < 0 ||
	    dup2(p->err[1], STDERR_FILENO) < 0)
		_exit(127);
	(void)execvpe(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Takes what is there, a pipe's fill and not more: who writes without end must meet the time
 * limit. False at the end of the stream.
 */
static bool drain(int fd, struct buf *b)
{
	char chunk[4096];
	ssize_t n = 0;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		n = read(fd, chunk, sizeof(chunk));
		if (n <= 0)
			break;
		buf_add(b, chunk, (size_t)n);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void feed(int *fd, struct str *input)
{
	ssize_t n = input->n ? write(*fd, input->p, input->n) : 0;

	if (n > 0) {
		input->p += n;
		input->n -= (size_t)n;
	}
	if (!input->n || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(fd);
}

/* Until the program has ended: what it started and left behind may hold the streams open. */
static bool talk(struct pipes *p, pid_t pid, const struct child_request *req,
		 struct child_result *r, int *status)
{
	int64_t end_ms = now_ms() + (int64_t)req->timeout_s * 1000;
	struct str input = req->input;
	bool ended = false;

	while (!ended) {
		struct pollfd fds[] = {
			{.fd = p->in[1], .events = POLLOUT},
			{.fd = p->out[0], .events = POLLIN},
			{.fd = p->err[0], .events = POLLIN},
		};

		if (now_ms() > end_ms)
			return false;
		(void)poll(fds, ARRAY_LEN(fds), 20);
		ended = waitpid(pid, status, WNOHANG) == pid;
		if (p->in[1] >= 0 && (fds[0].revents || ended))
			feed(&p->in[1], &input);
		if (p->out[0] >= 0 && !drain(p->out[0], &r->out))
			close_fd(&p->out[0]);
		if (p->err[0] >= 0 && !drain(p->err[0], &r->err))
			close_fd(&p->err[0]);
	}
	return true;
}

static bool open_pipes(struct pipes *p)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
	return pipe2(p->in, O_CLOEXEC) == 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
	       pipe2(p->err, O_CLOEXEC) == 0 && fcntl(p->in[1], F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(p->out[0], F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(p->err[0], F_SETFL, O_NONBLOCK) == 0;
}

static struct err *run(const struct child_request *req, struct pipes *p, char **env,
		       struct child_result *out)
{
	int status = 0;
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return err_errno(ERR_OUTPUT, errno, "%s: cannot be started", req->argv[0]);
	if (pid == 0)
		be_child(p, req->argv, env, parent);
	close_fd(&p->in[0]);
	close_fd(&p->out[1]);
	close_fd(&p->err[1]);
	if (!talk(p, pid, req, out, &status)) {
		(void)kill(-pid, SIGKILL);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return err_new(ERR_OUTPUT, "%s: did not end within %u seconds", req->argv[0],
			       req->timeout_s);
	}
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return NULL;
}

struct err *child_run(const struct child_request *req, struct child_result *out)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	char **env = make_environment();
	struct pipes p;
	struct err *e;

	*out = (struct child_result){.out = BUF_INIT(OUTPUT_MAX), .err = BUF_INIT(OUTPUT_MAX)};
	if (!env)
		return err_nomem();
	if (!child_is_there(req->argv[0])) {
		free(env);
		return err_new(ERR_OUTPUT, "%s: there is no such program on the PATH",
			       req->argv[0]);
	}
	(void)sigaction(SIGPIPE, &ignore, &before);
	if (open_pipes(&p))
		e = run(req, &p, env, out);
	else
		e = err_errno(ERR_OUTPUT, errno, "%s: cannot be started", req->argv[0]);
	close_pipes(&p);
	(void)sigaction(SIGPIPE, &before, NULL);
	free(env);
	return e;
}

void child_free(struct child_result *r)
{
	buf_free(&r->out);
	buf_free(&r->err);
}

/* Lines as one, since a message is one: "fatal: no such remote; check the name". */
static void join_lines(struct buf *out, struct str text)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		struct str line = str_trim((struct str){text.p, n});

		if (line.n && out->n)
			buf_puts(out, "; ");
		buf_str(out, line);
		n += end != NULL;
		text.p += n;
		text.n -= n;
	}
}

struct err *child_failure(enum err_kind kind, const char *program, const struct child_result *r)
{
	struct buf said = BUF_INIT(2 * OUTPUT_MAX);
	struct err *e;
	char *safe;

	join_lines(&said, buf_view(&r->err));
	safe = redact(buf_view(&said));
	e = safe ? err_new(kind, "%s ended with %d%s%s", program, r->status, *safe ? ": " : "",
			   safe)
		 : err_nomem();
	free(safe);
	buf_free(&said);
	return e;
}
