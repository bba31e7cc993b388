# SPDX-License-Identifier: Apache-2.0
#
# A clone with nothing beside it is all that the tests need. Nothing in them names a folder beyond
# the root of the tree; and those tests that work on published data, built and run in a clone, open
# no file outside the clone, the scratch folders and the system. None of them is skipped.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git cmake ninja strace jq
unset SCANDRIFT_CASES SCANDRIFT_VECTORS SCANDRIFT_VECTORS_DEFAULT SCANDRIFT_RESULTS

git -c safe.directory='*' clone -q "$SCANDRIFT_SOURCE" clone
cd clone

# Two dots after the root, written in the ways of shell, C and cmake.
run grep -rnE '[.][.]/shared|(SCANDRIFT_SOURCE|CMAKE_SOURCE_DIR)[}"]*/[.][.]' \
	CMakeLists.txt src tests --exclude-dir=data
cat "$out"
[ "$code" -eq 1 ] || fail 'the tree names what is beyond it'

# judge FILE: prints what that trace opened or ran and may not. A file that is opened comes with the
# path that the kernel found, and with the path as it was asked for where strace may not look.
judge() {
	awk -v scratch="$SCRATCH" -v source="$SCANDRIFT_SOURCE" '
	function below(path, folder) { return path == folder || index(path, folder "/") == 1 }
	function allowed(path) {
		if (below(path, scratch)) return 1
		if (below(path, source)) return 0
		# Memory with a name, which is no file.
		if (path ~ /^\/memfd:/) return 1
		return path ~ /^\/(usr|lib|lib32|lib64|bin|sbin|etc|proc|dev|sys|run|var\/(lib|cache))(\/|$)/
	}
	!/ = [0-9]+(<|$)/ { next }
	/execve/ && match($0, /"[^"]*"/) {
		path = substr($0, RSTART + 1, RLENGTH - 2)
		if (path ~ /\/(node|npm|npx)$/) print "runs " path
		folder = path
		sub(/\/[^\/]*$/, "", folder)
		# A tool may be wherever the PATH of this machine has it.
		if (path ~ /^\// && !allowed(path) && !index(":" ENVIRON["PATH"] ":", ":" folder ":")) print path
		next
	}
	/ = [0-9]+</ {
		path = $0
		sub(/.* = [0-9]+</, "", path)
		sub(/>(\(deleted\))?$/, "", path)
		if (path ~ /^\//) { seen++; if (!allowed(path)) print path }
		next
	}
	match($0, /"[^"]*"/) {
		path = substr($0, RSTART + 1, RLENGTH - 2)
		if (path == "/" || path ~ /(^|\/)[.][.](\/|$)/ || (path ~ /^\// && !allowed(path))) print path
	}
	END { if (seen + 0 < least) print "only " seen " files were opened: nothing was traced" }
	' least="${2:-1}" "$1" | sort -u
}

# It sees what it must, and no more.
cat >"$SCRATCH/good" <<EOT
1 openat(AT_FDCWD</>, "/etc/hosts", O_RDONLY) = 3</etc/hosts>
1 <... openat resumed>) = 4<$SCRATCH/work/clone/tests/data/README.md>
1 openat(AT_FDCWD</>, "/work/secret", O_RDONLY) = -1 ENOENT (No such file or directory)
1 openat(AT_FDCWD</>, "tests/data", O_RDONLY) = 3
1 execve("/usr/bin/git", ["git"], 0x7ffd /* 9 vars */) = 0
EOT
run judge "$SCRATCH/good"
expect_empty out
while read -r line; do
	printf '%s\n' "$line" | cat "$SCRATCH/good" - >"$SCRATCH/bad"
	run judge "$SCRATCH/bad"
	[ -s "$out" ] || fail "not seen: $line"
done <<EOT
1 openat(AT_FDCWD</>, "../x", O_RDONLY) = 3</srv/x>
1 <... open resumed>) = 5</home/someone/vectors/tc3>
1 openat(AT_FDCWD</>, "/opt/x", O_RDONLY) = 3
1 openat(AT_FDCWD</>, "../../x", O_RDONLY) = 3
1 openat(AT_FDCWD</>, "x", O_RDONLY) = 3<$SCANDRIFT_SOURCE/tests/run.sh>
1 execve("/home/someone/bin/x", ["x"], 0x7ffd /* 9 vars */) = 0
1 execve("/usr/bin/node", ["node"], 0x7ffd /* 9 vars */) = 0
EOT

unit='test_sign test_json test_json_rows test_patch_apply test_standin_verify'
e2e='cases policy_cases review_cases normalize_diff'
mkdir "$SCRATCH/tmp"
# A fast build: what is tested is what the tests read.
run cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DSCANDRIFT_TESTS=ON -DSCANDRIFT_LINT=0
expect_exit 0
# shellcheck disable=SC2086 # a list of names
run cmake --build build --target scandrift scandrift-standin $unit
expect_exit 0
names=$(echo "$unit $e2e" | tr ' ' '|')
run env TMPDIR="$SCRATCH/tmp" strace -f -qq -y -s 4096 -e trace=open,openat,openat2,creat,execve \
	-o "$SCRATCH/trace" ctest --test-dir build --output-on-failure --no-tests=error \
	-R "^(unit|e2e)[.]($names)\$"
expect_exit 0
expect_text out '100% tests passed, 0 tests failed out of 9'
expect_no_text out Skipped
judge "$SCRATCH/trace" 1000 >"$SCRATCH/outside"
[ ! -s "$SCRATCH/outside" ] || fail "outside the clone and the system: $(cat "$SCRATCH/outside")"
