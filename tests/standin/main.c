/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scandrift-standin: the vendor's API on a loopback port, for tests and the quickstart.
 * This file reads the options and runs the life of the process; see accounts.h for the
 * accounts, scenario.h for faults, state.h for how to find the ports.
 */
#include <errno.h>
#include <getopt.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "log.h"
#include "server.h"
#include "state.h"
#include "tls.h"

#define NAMES_MAX 32

enum { EXIT_OK, EXIT_FAULT, EXIT_USAGE };

struct settings {
	const char *accounts, *state, *log, *scenario, *address;
	const char *names[NAMES_MAX];
	size_t names_n;
	int ports[SERVER_LISTENERS];
	bool sdk_host_quirk, die_with_parent;
	int64_t clock_skew_s;
};

static const char usage[] =
	"usage: scandrift-standin --accounts DIR --state DIR [OPTION]...\n"
	"  --accounts DIR       one SECRETID.json a key\n"
	"  --state DIR          gets ca.pem and, when ready, standin.env\n"
	"  --log FILE           one line a request\n"
	"  --scenario FILE      faults, read anew for each request\n"
	"  --https-port N       0, the default, takes a free one\n"
	"  --http-port N        the same for plain HTTP\n"
	"  --address A          127.0.0.1, the default, or another loopback address\n"
	"  --name NAME          one more name or address in the certificate; repeatable\n"
	"  --sdk-host-quirk     accept the scope that the vendor's SDKs make of a loopback host\n"
	"  --clock-skew S       a clock S seconds ahead\n"
	"  --die-with-parent    end when the process that started this one ends\n";

static int fail(const char *what)
{
	fprintf(stderr, "scandrift-standin: %s\n", what);
	return EXIT_FAULT;
}

static bool parse_number(const char *text, long long min, long long max, long long *out)
{
	return text_int(span_of(text), min, max, out);
}

/* 0 to go on, else 1 + the exit code. */
static int parse(int argc, char **argv, struct settings *s)
{
	enum {
		ACCOUNTS = 1,
		STATE,
		LOG,
		SCENARIO,
		HTTPS_PORT,
		HTTP_PORT,
		ADDRESS,
		NAME,
		QUIRK,
		SKEW,
		DIE,
		HELP
	};
	static const struct option options[] = {
		{"accounts", required_argument, NULL, ACCOUNTS},
		{"state", required_argument, NULL, STATE},
		{"log", required_argument, NULL, LOG},
		{"scenario", required_argument, NULL, SCENARIO},
		{"https-port", required_argument, NULL, HTTPS_PORT},
		{"http-port", required_argument, NULL, HTTP_PORT},
		{"address", required_argument, NULL, ADDRESS},
		{"name", required_argument, NULL, NAME},
		{"sdk-host-quirk", no_argument, NULL, QUIRK},
		{"clock-skew", required_argument, NULL, SKEW},
		{"die-with-parent", no_argument, NULL, DIE},
		{"help", no_argument, NULL, HELP},
		{NULL, 0, NULL, 0},
	};
	long long v = 0;
	bool ok = true;
	int c;

	while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case ACCOUNTS:
			s->accounts = optarg;
			break;
		case STATE:
			s->state = optarg;
			break;
		case LOG:
			s->log = optarg;
			break;
		case SCENARIO:
			s->scenario = optarg;
			break;
		case HTTPS_PORT:
		case HTTP_PORT:
			ok = parse_number(optarg, 0, 65535, &v);
			s->ports[c == HTTPS_PORT ? SERVER_HTTPS : SERVER_HTTP] = (int)v;
			break;
		case ADDRESS:
			s->address = optarg;
			break;
		case NAME:
			ok = s->names_n < NAMES_MAX;
			if (ok)
				s->names[s->names_n++] = optarg;
			break;
		case QUIRK:
			s->sdk_host_quirk = true;
			break;
		case SKEW:
			ok = parse_number(optarg, -86400LL * 3660, 86400LL * 3660, &v);
			s->clock_skew_s = v;
			break;
		case DIE:
			s->die_with_parent = true;
			break;
		case HELP:
			fputs(usage, stdout);
			return 1 + EXIT_OK;
		default:
			ok = false;
		}
	}
	if (ok && optind == argc && s->accounts && s->state)
		return 0;
	fputs(usage, stderr);
	return 1 + EXIT_USAGE;
}

/* Signals arrive through a descriptor; blocked before any thread exists, so in all of them. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* The parent may already be gone when the kernel is asked to tell. */
static bool follow_parent(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

static int run(const struct settings *s, int signal_fd)
{
	struct scenario scenario;
	struct api api = {.accounts_folder = s->accounts,
			  .scenario = &scenario,
			  .log_fd = -1,
			  .sdk_host_quirk = s->sdk_host_quirk,
			  .clock_skew_s = s->clock_skew_s};
	struct server server = {.api = &api};
	struct buf ca_pem = BUF_INIT((size_t)64 * 1024);
	const char *why = NULL;
	int rc = EXIT_FAULT;

	scenario_init(&scenario, s->scenario);
	if (!state_prepare(s->state)) {
		fail("the state folder cannot be used");
		goto out_early;
	}
	if (s->log) {
		api.log_fd = log_open(s->log);
		if (api.log_fd < 0) {
			fail("the log cannot be opened");
			goto out_early;
		}
	}
	server.tls = tls_new(s->names, s->names_n, &ca_pem);
	if (!server.tls) {
		ERR_print_errors_fp(stderr);
		fail("no certificate");
		goto out_early;
	}
	if (!server_open(&server, s->address, s->ports, &why)) {
		fail(why);
		goto out;
	}
	if (!state_publish(s->state, &server, buf_span(&ca_pem))) {
		fail("the state folder cannot be written");
		goto out;
	}
	server_run(&server, signal_fd);
	state_withdraw(s->state);
	rc = EXIT_OK;
out:
	server_close(&server);
out_early:
	SSL_CTX_free(server.tls);
	buf_free(&ca_pem);
	if (api.log_fd >= 0)
		close(api.log_fd);
	scenario_free(&scenario);
	return rc;
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	struct settings s = {.address = "127.0.0.1"};
	int rc = parse(argc, argv, &s);
	int signal_fd;

	if (rc != 0)
		return rc - 1;
	signal_fd = open_signals();
	if (signal_fd < 0)
		return fail("signals cannot be set up");
	if (s.die_with_parent && !follow_parent(parent))
		return fail("the parent is gone");
	rc = run(&s, signal_fd);
	close(signal_fd);
	return rc;
}
