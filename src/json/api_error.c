/* SPDX-License-Identifier: Apache-2.0 */
#include "json/api_error.h"

#include "json/object.h"

static const struct json_member members[] = {
	{JSON_ROW("Code", TEXT, struct api_error, code)},
	{JSON_ROW("Message", TEXT, struct api_error, message)},
};
static const struct json_object object = {JSON_OTHER_IS_ABSENT, members, ARRAY_LEN(members)};

struct err *api_error_read(struct json_scan *s, const struct json_token *t, struct api_error *out)
{
	/* A null is an absent one; anything else that is called Error is one. */
	*out = (struct api_error){.is_there = t->kind != JSON_NULL};
	/* What stands between may answer in a form of its own, where the text is all that there is. */
	if (t->kind == JSON_STRING)
		out->message = t->text;
	return json_object_read(s, t, &object, NULL, out);
}
