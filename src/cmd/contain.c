/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/contain.h"

#include <stdlib.h>

#include "base/sandbox.h"

/* What came of switching a part on. */
static void tell(const struct io *io, struct err *e, bool is_there, const char *what)
{
	char *text;

	if (!e) {
		log_verbose(&io->log, "%s: %s", what,
			    is_there ? "on, for the rest of this run" : "not in this kernel");
		return;
	}
	text = err_text(e);
	log_warn(&io->log, "this run goes on without a sandbox: %s", text ? text : what);
	free(text);
	err_free(e);
}

void contain_calls(const struct io *io)
{
	tell(io, sandbox_close_calls(), sandbox_has_seccomp(), "seccomp");
}

struct err *contain_files(const struct io *io, const struct repo *repo, struct arena *a)
{
	struct sandbox_files files = {0};

	if (repo)
		TRY(repo_folders(repo, a, &files.readable, &files.readable_count));
	tell(io, sandbox_close_files(&files), sandbox_landlock_abi() > 0, "Landlock");
	return NULL;
}

void contain_describe(struct buf *b)
{
	int abi = sandbox_landlock_abi();

	buf_puts(b, "sandbox: ");
	if (abi)
		buf_printf(b, "Landlock (ABI %d)", abi);
	else
		buf_puts(b, "no Landlock");
	buf_puts(b, sandbox_has_seccomp() ? ", seccomp\n" : ", no seccomp\n");
}
