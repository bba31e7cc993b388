/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_JSON_PARTS_H
#define SCANDRIFT_REPORT_JSON_PARTS_H

#include "json/write.h"
#include "result/result.h"

/* What several JSON documents have in common. */

/* Text from outside, as valid UTF-8; null when it is empty. */
void json_put_text(struct json_writer *w, const char *key, struct str s);
void json_put_item(struct json_writer *w, struct str s); /* the same of an array */

/* RFC 3339, UTC. */
void json_put_time(struct json_writer *w, const char *key, int64_t unix_s);

/* "tool": which program and which build wrote it. */
void json_put_tool(struct json_writer *w);

/* "coverage": what is scanned by either side. */
void json_put_coverage(struct json_writer *w, const struct result_target *t);

/* The members of a finding that policies give it: what was demanded and why, and who let it pass. */
void json_put_policy(struct json_writer *w, const struct finding *f);

/* Ends the document, and breaks in it what a CI system would take for a command. */
struct err *json_end_document(struct json_writer *w) MUST_USE;

#endif
