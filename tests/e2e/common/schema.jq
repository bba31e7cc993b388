# SPDX-License-Identifier: Apache-2.0
#
# jq -nr --slurpfile schema SCHEMA --argjson files N -f schema.jq FILE...
#
# Judges N files, one document each, by a JSON Schema (2020-12): prints what is wrong, a line each,
# and nothing where all is right. It knows the keywords that the published schemas use, and a
# schema with any other is an error. tests/e2e/schema.sh holds it against an outside validator.

def known: ["$schema", "$id", "$comment", "$defs", "title", "description", "$ref", "allOf", "anyOf",
	"oneOf", "not", "if", "then", "else", "const", "enum", "type", "required", "properties",
	"additionalProperties", "dependentRequired", "items", "minItems", "maxItems", "uniqueItems",
	"minLength", "pattern", "format", "minimum", "maximum"];

def is_of($kind):
	if $kind | type == "array" then . as $v | any($kind[]; . as $one | $v | is_of($one))
	elif $kind == "integer" then type == "number" and . == floor
	else type == $kind end;

def is_date_time:
	test("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$");

def referred($ref):
	if $ref | startswith("#/$defs/") then $schema[0]["$defs"][$ref[8:]] else null end
	| if . == null then error("no schema \($ref)") else . end;

# What $s refuses in the input, which is at the pointer $at.
def wrong($s; $at):
	def fits($other): . as $v | [limit(1; $v | wrong($other; ""))] == [];
	def of_object:
		. as $v
		| ($s.required // [] | .[] | select(. as $key | $v | has($key) | not) | "\($at)/: no \(.)"),
		  ($s.dependentRequired // {} | to_entries[] | select(.key as $key | $v | has($key))
			| .value[] | select(. as $key | $v | has($key) | not) | "\($at)/: no \(.)"),
		  (keys_unsorted[] as $key
			| if $s.properties // {} | has($key) then $v[$key] | wrong($s.properties[$key]; "\($at)/\($key)")
			elif $s | has("additionalProperties") then $v[$key] | wrong($s.additionalProperties; "\($at)/\($key)")
			else empty end);
	def of_array:
		(if $s | has("items") then . as $v | range(length) | . as $i | $v[$i] | wrong($s.items; "\($at)/\($i)") else empty end),
		(if length < ($s.minItems // 0) then "\($at): too few items" else empty end),
		(if $s.maxItems and length > $s.maxItems then "\($at): too many items" else empty end),
		(if $s.uniqueItems and (unique | length) < length then "\($at): an item twice" else empty end);
	def of_string:
		(if length < ($s.minLength // 0) then "\($at): too short" else empty end),
		(if $s.pattern and (test($s.pattern) | not) then "\($at): not \($s.pattern)" else empty end),
		(if $s.format == null or ($s.format == "date-time" and is_date_time) then empty
		else "\($at): not of format \($s.format)" end);
	def of_number:
		(if $s.minimum and . < $s.minimum then "\($at): too small" else empty end),
		(if $s.maximum and . > $s.maximum then "\($at): too large" else empty end);
	def of_all:
		. as $v
		| (if $s["$ref"] then wrong(referred($s["$ref"]); $at) else empty end),
		  ($s.allOf // [] | .[] as $one | $v | wrong($one; $at)),
		  (if $s.anyOf and (any($s.anyOf[]; . as $one | $v | fits($one)) | not) then "\($at): fits nothing of anyOf" else empty end),
		  (if $s.oneOf then [$s.oneOf[] | . as $one | $v | fits($one) | select(.)] | length
			| if . == 1 then empty else "\($at): fits \(.) of oneOf" end else empty end),
		  (if $s | has("not") then if fits($s.not) then "\($at): fits what it must not" else empty end else empty end),
		  (if $s | has("if") then
			if fits($s.if) then (if $s | has("then") then wrong($s.then; $at) else empty end)
			elif $s | has("else") then wrong($s.else; $at) else empty end else empty end),
		  (if ($s | has("const")) and . != $s.const then "\($at): not \($s.const)" else empty end),
		  (if $s.enum and (any($s.enum[]; . == $v) | not) then "\($at): none of \($s.enum)" else empty end),
		  (if $s.type and (is_of($s.type) | not) then "\($at): no \($s.type)" else empty end);
	if $s == true then empty
	elif $s == false then "\($at): unknown member"
	elif $s | keys - known != [] then error("\($at): keywords that are not known here: \($s | keys - known)")
	else
		of_all,
		(if type == "object" then of_object elif type == "array" then of_array
		elif type == "string" then of_string elif type == "number" then of_number else empty end)
	end;

[inputs | {file: input_filename, wrong: [wrong($schema[0]; "")]}]
| (if length != $files then "\(length) documents in \($files) files" else empty end),
  (.[] | .file as $file | .wrong[] | "\($file): \(.)")
