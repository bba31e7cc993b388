# SPDX-License-Identifier: Apache-2.0
#
# Reads what strace -y saw of one command. Before the reference in `ref` moves, every object that
# was written, and the name that leads to it, must be synced; at the end the reference too, with each
# folder above it that was made. Says what was not, and how much it has looked at.

function parent(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}

# The nth string in quotes of the line.
function quoted(n, parts) {
	split($0, parts, "\"")
	return parts[2 * n]
}

# The path of the descriptor that the call is about.
function of_descriptor(text) {
	text = $0
	sub(/^[^<]*</, "", text)
	sub(/>[,)].*/, "", text)
	return text
}

function gone(path) {
	delete dirty[path]
	delete unnamed[path]
}

function named(path) {
	unnamed[path] = parent(path)
}

# Of what is below `place`, or at it: is all of it on disk?
function judge(place, when, path) {
	for (path in dirty)
		if (index(path, place)) {
			print when ": content not synced: " path
			bad++
		}
	for (path in unnamed)
		if (index(path, place)) {
			print when ": folder not synced: " unnamed[path] " (" path ")"
			bad++
		}
}

# A folder of which the reference's name begins: was its own name put on disk?
function judge_above(path, below) {
	for (path in above) {
		below = path
		sub(/^.*\.git\//, "", below)
		if (index(ref, below "/") != 1)
			continue
		folders++
		if (path in unnamed) {
			print "at the end: folder not synced: " unnamed[path] " (" path ")"
			bad++
		}
	}
}

/ = -1 / { next }
/^openat\(/ && /O_CREAT/ {
	path = $0
	sub(/.* = [0-9]+</, "", path)
	sub(/>$/, "", path)
	named(path)
	next
}
/^(write|pwrite64)\(/ { dirty[of_descriptor()] = 1; next }
/^mmap\(.*PROT_WRITE.*MAP_SHARED/ { dirty[of_descriptor()] = 1; next }
/^(fsync|fdatasync)\(/ {
	path = of_descriptor()
	delete dirty[path]
	for (name in unnamed)
		if (unnamed[name] == path)
			delete unnamed[name]
	syncs++
	next
}
/^mkdir\(/ {
	path = quoted(1)
	sub(/\/$/, "", path)
	named(path)
	above[path]
	next
}
/^(rmdir|unlink)\(/ { gone(quoted(1)); next }
/^unlinkat\(/ { gone(of_descriptor() "/" quoted(1)); next }
/^(rename|link)\(/ {
	from = quoted(1)
	to = quoted(2)
	if (to ~ ref "$") {
		judge(".git/objects/", "when " ref " moves")
		moves++
	}
	if (from in dirty) {
		if (to ~ /\.git\/(objects|refs)\//) {
			print "given its name before it is synced: " to
			bad++
		}
		dirty[to] = 1
	}
	if ($0 ~ /^rename/)
		gone(from)
	if (to ~ /\.git\/objects\//)
		objects++
	named(to)
	next
}
END {
	judge(".git/objects/", "at the end")
	judge(".git/" ref, "at the end")
	judge_above()
	printf "moves %d, objects %d, folders above %d, syncs %d, faults %d\n", moves, objects, folders, syncs, bad
	exit bad > 0
}
