/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_JSON_FINDING_H
#define SCANDRIFT_REPORT_JSON_FINDING_H

#include "json/write.h"
#include "result/finding.h"

/* The members of a finding that policies give it: what was demanded and why, and who let it pass. */
void json_put_policy(struct json_writer *w, const struct finding *f);

/* Text from outside, as valid UTF-8; null when it is empty. */
void json_put_text(struct json_writer *w, const char *key, struct str s);
void json_put_item(struct json_writer *w, struct str s); /* the same of an array */

#endif
