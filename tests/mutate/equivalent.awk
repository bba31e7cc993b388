# SPDX-License-Identifier: Apache-2.0
#
# Prints the mutants of equivalent.txt, and fails where one has no reason.

function end_row() {
	if (row != "" && !has_reason) {
		print FILENAME ": no reason for: " row >"/dev/stderr"
		failed = 1
	}
}

/^#/ || /^[ \t]*$/ { next }
/^\t/ {
	has_reason = 1
	next
}
{
	end_row()
	row = $0
	has_reason = 0
	print
}
END {
	end_row()
	exit failed ? 2 : 0
}
