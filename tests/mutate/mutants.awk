# SPDX-License-Identifier: Apache-2.0
#
# awk -f mutants.awk operators.txt FILE.c FILE.c: prints the file's mutants, one a line:
#   FILE <tab> line number <tab> the line <tab> the mutated line
# The file is read twice: its own constants are what another constant is replaced by.

# The line with blanks for comments and @ for what stands in a literal, of the same length.
function masked(line, i, two, c, quote, text) {
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (in_comment) {
			text = text " "
			if (two == "*/") {
				in_comment = 0
				text = text " "
				i++
			}
		} else if (quote) {
			if (c == quote)
				quote = ""
			text = text (quote ? "@" : c)
			if (c == "\\") {
				text = text "@"
				i++
			}
		} else if (two == "/*") {
			in_comment = 1
			text = text "  "
			i++
		} else if (two == "//") {
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			text = text c
		}
	}
	sub(/[ \t]+$/, "", text)
	return text
}

function trimmed(text) {
	gsub(/\t/, " ", text)
	sub(/^ +/, "", text)
	return text
}

# One mutant: `length_` characters from `at` on replaced.
function put(at, length_, replacement, after) {
	after = trimmed(substr($0, 1, at - 1) replacement substr($0, at + length_))
	if (!seen[FNR, after]++)
		print FILENAME "\t" FNR "\t" trimmed($0) "\t" after
}

function filled(replacement, text, at) {
	at = index(replacement, "TEXT")
	return at ? substr(replacement, 1, at - 1) text substr(replacement, at + 4) : replacement
}

# An empty group is no expression for every awk.
function group(expression) {
	return expression == "" ? "" : "(" expression ")"
}

function matched(text, expression) {
	return expression != "" && match(text, "^(" expression ")") ? RLENGTH : 0
}

# The mutants of row n.
function apply(n, code, from, at, text, lead, size) {
	from = 1
	while (from <= length(code) && match(substr(code, from), all[n])) {
		at = from + RSTART - 1
		text = substr(code, at, RLENGTH)
		lead = matched(text, before[n])
		size = matched(substr(text, lead + 1), middle[n])
		put(at + lead, size, filled(new[n], substr($0, at + lead, size)) \
			(size || new[n] == "!" ? "" : " "))
		if (before[n] ~ /^\^/)
			return
		from = at + lead + (size ? size : 1)
	}
}

# The next constant in the code: sets `at`, 0 if there is none. A part of a name is none.
function constant_from(code, from, name) {
	while (match(substr(code, from), /[A-Za-z0-9_]+/)) {
		at = from + RSTART - 1
		from = at + RLENGTH
		name = substr(code, at, RLENGTH)
		if (name ~ /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/ && substr(code, from, 1) != "(")
			return name
	}
	at = 0
	return ""
}

# Constants of one family have the part before the first underscore in common. Each is followed by
# the next one that the file mentions.
function collect(code, from, name, family) {
	for (from = 1; (name = constant_from(code, from)) != ""; from = at + length(name)) {
		family = name
		sub(/_.*/, "", family)
		if (name in next_of)
			continue
		if (!(family in first))
			first[family] = last[family] = name
		next_of[last[family]] = name
		next_of[name] = first[family]
		last[family] = name
	}
}

# In a row of a table a constant is replaced by each of its family, elsewhere by the next one. The
# length of an array stays, since a longer one does no harm; and the type of a pointer.
function neighbours(code, from, name, other, after) {
	for (from = 1; (name = constant_from(code, from)) != ""; from = at + length(name)) {
		after = substr(code, at + length(name), 3)
		if (substr(code, at - 1, 1) == "[" || after ~ /^ [*][^ ]/)
			continue
		for (other = next_of[name]; other != name; other = next_of[other]) {
			put(at, length(name), other)
			if (code !~ /^[ \t]*[{].*[}],$/)
				break
		}
	}
}

function unset(field) {
	return field == "none" ? "" : field
}

FNR == 1 { pass++ }

pass == 1 {
	if ($0 == "" || /^#/)
		next
	if (split($0, field, /\t+/) != 4) {
		print FILENAME ":" FNR ": want 4 fields" >"/dev/stderr"
		exit 2
	}
	rows++
	before[rows] = unset(field[1])
	middle[rows] = unset(field[2])
	all[rows] = group(before[rows]) group(middle[rows]) group(unset(field[3]))
	new[rows] = unset(field[4])
	next
}

FNR == 1 {
	in_comment = 0
	is_continued = 0
	in_message = 0
}

{ code = masked($0) }

# A directive, with the lines that it goes on for.
in_directive || code ~ /^[ \t]*#/ {
	in_directive = /\\$/
	next
}
code ~ /^[ \t]*$/ { next }

pass == 2 {
	collect(code)
	next
}

code !~ /^[ \t]*(static_)?assert\(/ {
	# The wording of a message is not what a unit test should hold.
	if (code ~ /err_[a-z]+\(/)
		in_message = 1
	for (n = 1; n <= rows; n++)
		if (!(is_continued && before[n] ~ /^\^/) && !(in_message && middle[n] ~ /^"/))
			apply(n, code)
	neighbours(code)
	if (code ~ /[;{}]$/)
		in_message = 0
}
{ is_continued = code !~ /([;{}:)]|else)$/ }
