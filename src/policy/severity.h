/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_SEVERITY_H
#define SCANDRIFT_POLICY_SEVERITY_H

#include "base/str.h"

/* How grave a finding is: in this order, which is what --fail-on compares. */
enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
#define SEVERITY_COUNT 5

const char *severity_name(enum severity s);
bool severity_parse(struct str name, enum severity *out) MUST_USE;

#endif
