# SPDX-License-Identifier: Apache-2.0
#
# Completion of scandrift for bash. What stands between the marks is made from the
# program's own tables; tests/e2e/completion.sh writes it and holds it to them.

# begin: made from --help
_scandrift_commands='accept check diff fetch init log normalize review show'

# The options of a command; - stands for none.
_scandrift_options() {
	case $1 in
	-) echo '--color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	accept) echo '--allow-weakened --branch --ca-bundle --deadline --dry-run --endpoint --expect --format --from --jobs --max-reply --now --output --path --push --replay --shared --timeout --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	check) echo '--ca-bundle --commit --config-only --deadline --endpoint --fail-on --format --jobs --journal --journal-start --max-reply --now --output --push --record --replay --rev --shard --timeout --worktree --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	diff) echo '--ca-bundle --deadline --endpoint --format --max-reply --output --replay --timeout --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	fetch) echo '--ca-bundle --deadline --endpoint --explain-credentials --max-reply --raw --record --replay --show-request --timeout --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	init) echo '--ca-bundle --ci --deadline --endpoint --max-reply --replay --timeout --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	log) echo '--branch --every --format --max-reply --now --runs --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	normalize) echo '--assert --digest --jcs --max-reply --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	review) echo '--approvals --approve --deadline --fail-on --format --max-reply --now --output --staged --trees --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	show) echo '--as-of --branch --max-reply --rev --color --directory -C --help -h --quiet -q --verbose -v --version' ;;
	esac
}

# The name of the option that a word is.
_scandrift_option() {
	case $1 in
	-C) echo directory ;;
	-h) echo help ;;
	-q) echo quiet ;;
	-v) echo verbose ;;
	--*) echo "${1#--}" ;;
	esac
}

# What its value is; nothing where it takes none.
_scandrift_kind() {
	case $1 in
	approvals) echo 'HOW' ;;
	approve) echo 'sha256:HEX' ;;
	as-of) echo 'DATE' ;;
	assert) echo 'ASSERTION' ;;
	branch) echo 'NAME' ;;
	ca-bundle) echo 'FILE' ;;
	ci) echo 'SYSTEM' ;;
	color) echo 'WHEN' ;;
	commit) echo '[=BRANCH]' ;;
	deadline) echo 'TIME' ;;
	directory) echo 'DIR' ;;
	endpoint) echo 'URL' ;;
	every) echo 'TIME' ;;
	expect) echo 'sha256:HEX' ;;
	fail-on) echo 'SEVERITY' ;;
	format) echo 'FORMAT' ;;
	from) echo 'RESULT' ;;
	jobs) echo 'N' ;;
	max-reply) echo 'BYTES' ;;
	now) echo 'TIME' ;;
	output) echo 'FORMAT=PATH' ;;
	path) echo 'POINTER' ;;
	push) echo '[=REMOTE]' ;;
	record) echo 'DIR' ;;
	replay) echo 'DIR' ;;
	rev) echo 'REV' ;;
	shard) echo 'K/N' ;;
	timeout) echo 'TIME' ;;
	esac
}

_scandrift_words() {
	case $1:$2 in
	FORMAT:accept) echo 'text github json markdown' ;;
	FORMAT:check) echo 'text github json markdown' ;;
	FORMAT:diff) echo 'text github json markdown patch' ;;
	FORMAT:log) echo 'text json' ;;
	FORMAT:review) echo 'text github json markdown' ;;
	SEVERITY:*) echo 'info low medium high critical never' ;;
	WHEN:*) echo 'auto always never' ;;
	esac
}

_scandrift_arguments() {
	case $1 in
	accept) echo 'TARGET...' ;;
	check) echo '[TARGET...]' ;;
	diff) echo 'A' ;;
	fetch) echo 'TARGET' ;;
	log) echo '[TARGET...]' ;;
	normalize) echo '[FILE]' ;;
	review) echo '[BASE..HEAD]' ;;
	show) echo 'TARGET' ;;
	esac
}
# end

# Names of the targets of the repository in folder $1.
_scandrift_targets() {
	local root
	root=$(git -C "${1:-.}" rev-parse --show-toplevel 2>/dev/null) || root=${1:-.}
	sed -n 's/^\[target  *\([A-Za-z0-9][A-Za-z0-9._-]*\)\].*/\1/p' "$root/baselines/targets.ini" 2>/dev/null
}

# _scandrift_values KIND DIR WORD COMMAND: COMPREPLY for a value of this kind.
_scandrift_values() {
	local kind=$1 dir=$2 cur=$3 command=$4
	case $kind in
	*FILE* | A | B) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && compopt -o filenames 2>/dev/null ;;
	*DIR*) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && compopt -o filenames 2>/dev/null ;;
	*TARGET*) mapfile -t COMPREPLY < <(compgen -W "$(_scandrift_targets "$dir")" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$(_scandrift_words "$kind" "$command")" -- "$cur") ;;
	esac
}

_scandrift() {
	local cur=${COMP_WORDS[COMP_CWORD]} command=- dir= option= word i
	COMPREPLY=()

	# The command, and the option that a value is due for. "=" is a word of its own.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == '=' ]]; then
			continue
		elif [[ -n $option ]]; then
			[[ $option == directory ]] && dir=$word
			option=
		elif [[ $word == -* ]]; then
			option=$(_scandrift_option "$word")
			# Only "=" gives an optional value.
			[[ $(_scandrift_kind "$option") == \[* && ${COMP_WORDS[i + 1]} != '=' ]] && option=
			[[ -z $(_scandrift_kind "$option") ]] && option=
		elif [[ $command == - ]]; then
			command=$word
		fi
	done
	[[ $cur == '=' ]] && cur=

	if [[ -n $option ]]; then
		_scandrift_values "$(_scandrift_kind "$option")" "$dir" "$cur" "$command"
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_scandrift_options "$command")" -- "$cur")
	elif [[ $command == - ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_scandrift_commands" -- "$cur")
	else
		_scandrift_values "$(_scandrift_arguments "$command")" "$dir" "$cur" "$command"
	fi
}

complete -F _scandrift scandrift
