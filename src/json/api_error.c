/* SPDX-License-Identifier: Apache-2.0 */
#include "json/api_error.h"

struct err *api_error_read(struct json_scan *s, struct api_error *out)
{
	struct json_token key, t;

	*out = (struct api_error){0};
	TRY(json_next(s, &t));
	/* A null is an absent one; anything else that is called Error is one. */
	out->is_there = t.kind != JSON_NULL;
	if (t.kind != JSON_OBJECT)
		return json_skip(s, &t);
	for (;;) {
		TRY(json_next(s, &key));
		if (key.kind != JSON_KEY)
			return NULL;
		TRY(json_next(s, &t));
		if (t.kind == JSON_STRING && str_is(key.text, "Code"))
			out->code = t.text;
		else if (t.kind == JSON_STRING && str_is(key.text, "Message"))
			out->message = t.text;
		else
			TRY(json_skip(s, &t));
	}
}
