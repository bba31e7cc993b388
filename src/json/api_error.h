/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_API_ERROR_H
#define SCANDRIFT_JSON_API_ERROR_H

#include "json/scan.h"

/*
 * The member "Error" of the API's envelope. Who tries again reads it, and who judges a reply reads
 * it; they must not differ on what an error is, and this is the one folder that both know.
 */
struct api_error {
	bool is_there;
	struct str code, message; /* into the scanner's bytes or arena; empty where absent */
};

/* Reads the value that `t` began, whatever it is. */
struct err *api_error_read(struct json_scan *s, const struct json_token *t,
			   struct api_error *out) MUST_USE;

#endif
