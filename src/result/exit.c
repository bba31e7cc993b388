/* SPDX-License-Identifier: Apache-2.0 */
#include "result/exit.h"

enum exit_code exit_for_result(const struct result *r)
{
	if (r->signal)
		return (enum exit_code)(EXIT_BY_SIGNAL + r->signal);
	if (result_is_failed(r))
		return EXIT_NO;
	if (result_is_incomplete(r))
		return EXIT_INCOMPLETE;
	return r->side_effect_failed ? EXIT_SIDE_EFFECT : EXIT_FINE;
}

enum exit_code exit_for_error(const struct err *e)
{
	switch (e->kind) {
	case ERR_USAGE:
	case ERR_CONFIG:
	case ERR_REPO:
		return EXIT_UNUSABLE;
	case ERR_NET:
	case ERR_REPLY:
		return EXIT_INCOMPLETE;
	case ERR_OUTPUT:
		return EXIT_SIDE_EFFECT;
	case ERR_NOMEM:
		return EXIT_INCOMPLETE;
	}
	return EXIT_UNUSABLE;
}

int exit_for_failure(int judged, enum exit_code failure)
{
	if (judged > EXIT_BY_SIGNAL)
		return judged;
	return failure == EXIT_SIDE_EFFECT && judged != EXIT_FINE ? judged : (int)failure;
}
