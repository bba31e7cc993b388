# SPDX-License-Identifier: Apache-2.0
#
# The layering test must be able to fail: one file that is right, then the same
# with one wrong line each.

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/scandrift lint.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/src/base" "$scratch/src/model" "$scratch/src/cloud"
status=0

# try WANT FOLDER LINE
try() {
	printf '%s\n' '#include "own.h"' '#include "base/err.h"' '#include <stdio.h>' "$3" \
		>"$scratch/src/$2/file.c"
	have=passes
	sh "$here/layering.sh" "$scratch" >"$scratch/said" 2>&1 || have=fails
	if [ "$have" != "$1" ]; then
		echo "src/$2 with $3: want $1, it $have"
		cat "$scratch/said"
		status=1
	elif [ "$1" = fails ] && ! grep -q "^src/$2/file.c:4: " "$scratch/said"; then
		echo "src/$2 with $3: line 4 is not named:"
		cat "$scratch/said"
		status=1
	fi
	rm "$scratch/src/$2/file.c"
}

try passes base ''
try passes model '#include "json/read.h"'
try passes cloud '#include <curl/curl.h>'
try fails base '#include "json/read.h"'
try fails model '#include "cloud/pool.h"'
try fails model '#  include  "cmd/options.h"'
try fails model '#include <curl/curl.h>'
try fails model '#include <json-c/json.h>'
try fails model '#include <json.h>'
try fails cloud '#include <openssl/evp.h>'
try fails cloud '#include <git2.h>'
try fails cloud '#include <git2/oid.h>'
try fails cloud '#include <ini.h>'
try fails model '#include "../base/err.h"'
try fails model '#include "unheard/of.h"'
exit "$status"
