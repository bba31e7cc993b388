/* SPDX-License-Identifier: Apache-2.0 */
#include "json/pointer.h"

void pointer_put_token(struct buf *b, struct str name)
{
	size_t start = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] != '~' && name.p[i] != '/')
			continue;
		buf_add(b, name.p + start, i - start);
		buf_puts(b, name.p[i] == '~' ? "~0" : "~1");
		start = i + 1;
	}
	buf_add(b, name.p + start, name.n - start);
}
