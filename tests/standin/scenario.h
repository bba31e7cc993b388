/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenario file: which requests meet which faults. It is read anew for each request;
 * an absent file means no faults. One rule a line:
 *
 *   WHO  WHEN  FAULT [ARGUMENT...] [; FAULT [ARGUMENT...]]...
 *
 *   # nothing but a comment
 *   AKIDEXAMPLE   1     delay 1500
 *   *             2+    status 503 ; header "Retry-After: 2"
 *   AKIDEXAMPLE   1-3   error RequestLimitExceeded "Slow down."
 *   AKID:Action   *     cut 40 ; reset
 *
 * WHO   *, a SecretId as the request claims it or the beginning of one followed by *,
 *       each with :ACTION or without
 * WHEN  N the Nth request of this WHO, N+ from there on, N-M these, * all. The counts start
 *       anew when the file's text changes
 * FAULT a row of `fault_table` in scenario.c:
 *
 *   delay MS           wait before the reply
 *   status CODE        this HTTP status, with a gateway's HTML page unless `body` is given
 *   limit N CODE "TEXT"  this API error for all but N requests of this WHO in any second
 *   header "NAME: V"   one more header
 *   type "T/SUBTYPE"   another Content-Type
 *   body FILE          this file's bytes as the body; the path is relative to the scenario
 *   error CODE "TEXT"  an API error in the usual envelope
 *   cut N              N bytes of the body, then the connection ends; Content-Length tells of all
 *   reset              the connection ends with a TCP reset: before the reply, or after `cut`
 *   close              Connection: close, and so it is
 *   no-request-id      an envelope without RequestId
 *   date-skew S        the Date header is S seconds ahead (negative: behind)
 *   clock-skew S       the server's whole clock is: it verifies with it, too
 *
 * Words are separated by blanks; "quotes" keep blanks, with \" and \\ inside. All rules that
 * fit a request work together; where two say the same thing, the later line wins.
 */
#ifndef STANDIN_SCENARIO_H
#define STANDIN_SCENARIO_H

#include <pthread.h>
#include <stdint.h>

#include "buf.h"

#define SCENARIO_RULES_MAX 1024
#define SCENARIO_LIMIT_MAX 128

struct scenario {
	const char *path; /* NULL: none */
	pthread_mutex_t lock;
	unsigned char digest[32]; /* of the text that the counts belong to */
	unsigned long long counts[SCENARIO_RULES_MAX];
	/* When the last requests of a rule came, a ring: for `limit`. */
	int64_t arrived_us[SCENARIO_RULES_MAX][SCENARIO_LIMIT_MAX];
};

struct faults {
	struct buf names; /* of those that fit, for the log */
	int delay_ms;
	int status; /* 0: as usual */
	int limit;  /* 0: none */
	struct buf limit_code, limit_message;
	struct buf headers, content_type, error_code, error_message, body_path;
	size_t cut_at; /* SIZE_MAX: not */
	bool reset, close, no_request_id;
	int64_t date_skew_s, clock_skew_s;
};

/* `path` is borrowed. */
void scenario_init(struct scenario *, const char *path);
void scenario_free(struct scenario *);

/*
 * Counts the request and collects what it meets. False for a file that cannot be used,
 * with a line for people in *why. Free *out whatever comes back.
 */
bool scenario_judge(struct scenario *, struct span secret_id, struct span action,
		    struct faults *out, struct buf *why);
void faults_free(struct faults *);

#endif
