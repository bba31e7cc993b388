# SPDX-License-Identifier: Apache-2.0
#
# The completions offer what the program takes: their tables are what is made here
# from --help, and each word that they offer as a value is one that the program
# accepts. Then bash completes some lines.
#
# SCANDRIFT_UPDATE=1 writes the tables into src/completion/.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/docs/cli_table.sh"
need bash git

folder=$SCANDRIFT_SOURCE/src/completion
cli_table >table
cli_commands >commands

# The values of an option's argument that has a fixed set of them.
words_of() {
	case $1 in
	WHEN) echo auto always never ;;
	SEVERITY) echo info low medium high critical never ;;
	esac
}

# The formats that a command has, as its --help lists them; all commands that have any.
formats_of() {
	awk -F '\t' -v c="$1" '$1 == c && $4 == "FORMAT" { print $5 }' table |
		sed 's/^print it as //; s/ (default)//; s/,//g'
}
format_commands=$(awk -F '\t' '$4 == "FORMAT" { print $1 }' table | xargs)
[ -n "$(formats_of check)" ] || fail 'the formats were not found'

# What a command takes, as its usage line says it: TARGET, FILE, A B.
arguments_of() {
	"$SCANDRIFT" "$1" --help | sed -n '1s/^Usage: scandrift [a-z-]* \[OPTION\.\.\.\] *//p'
}

make_bash() {
	printf "_scandrift_commands='%s'\n\n" "$(xargs <commands)"
	echo '# The options of a command; - stands for none.'
	echo '_scandrift_options() {'
	echo '	case $1 in'
	while read -r command; do
		printf "	%s) echo '%s' ;;\n" "$command" "$(awk -F '\t' -v c="$command" '$1 == c {
			printf "%s--%s", n++ ? " " : "", $2
			if ($3 != "-")
				printf " -%s", $3
		}' table)"
	done <<-EOF
		-
		$(cat commands)
	EOF
	printf '	esac\n}\n\n'
	echo '# The name of the option that a word is.'
	echo '_scandrift_option() {'
	echo '	case $1 in'
	awk -F '\t' '$3 != "-" && !seen[$2]++ { printf "	-%s) echo %s ;;\n", $3, $2 }' table | sort
	echo '	--*) echo "${1#--}" ;;'
	printf '	esac\n}\n\n'
	echo '# What its value is; nothing where it takes none.'
	echo '_scandrift_kind() {'
	echo '	case $1 in'
	awk -F '\t' '$4 != "-" && !seen[$2]++ { printf "	%s) echo %c%s%c ;;\n", $2, 39, $4, 39 }' table | sort
	printf '	esac\n}\n\n'
	echo '_scandrift_words() {'
	echo '	case $1:$2 in'
	for command in $format_commands; do
		printf "	FORMAT:%s) echo '%s' ;;\n" "$command" "$(formats_of "$command")"
	done
	for kind in SEVERITY WHEN; do
		printf "	%s:*) echo '%s' ;;\n" "$kind" "$(words_of "$kind")"
	done
	printf '	esac\n}\n\n'
	echo '_scandrift_arguments() {'
	echo '	case $1 in'
	while read -r command; do
		# The one of init is a name that is not there yet.
		[ "$command" = init ] && continue
		printf "	%s) echo '%s' ;;\n" "$command" "$(arguments_of "$command" | cut -d' ' -f1)"
	done <commands
	printf '	esac\n}\n'
}

# One option as _arguments of zsh wants it. Its colons and brackets are escaped.
zsh_options() {
	awk -F '\t' -v c="$1" '
	function plain(s) {
		gsub(/\\/, "\\\\", s)
		gsub(/:/, "\\:", s)
		gsub(/\[/, "\\[", s)
		gsub(/\]/, "\\]", s)
		gsub(/\047/, "\047\\\047\047", s)
		return s
	}
	function action(kind, help) {
		if (kind ~ /FILE/) return "_files"
		if (kind ~ /DIR/) return "_directories"
		if (kind == "WHEN") return "(auto always never)"
		if (kind == "SEVERITY") return "(info low medium high critical never)"
		if (kind == "FORMAT") {
			gsub(/print it as | \(default\)|,/, "", help)
			return "(" help ")"
		}
		return " "
	}
	$1 == "-" { common[$2] = 1 }
	$1 != c || (c != "-" && $2 in common) { next }
	{
		repeat = $2 ~ /^(assert|expect)$/ || $5 ~ /may be repeated/ ? "*" : ""
		name = "--" $2
		value = ""
		if ($4 ~ /^\[/) {
			name = name "=-"
			value = "::" tolower(substr($4, 3, length($4) - 3)) ":"
		} else if ($4 != "-") {
			name = name "="
			value = ":" plain(tolower($4)) ":" action($4, $5)
		}
		if ($3 != "-")
			printf "	\047(-%s --%s)\047{-%s%s,%s}\047[%s]%s\047\n",
				$3, $2, $3, $4 == "-" ? "" : "+", name, plain($5), value
		else
			printf "	\047%s%s[%s]%s\047\n", repeat, name, plain($5), value
	}' table
}

make_zsh() {
	echo "typeset -ga _scandrift_commands _scandrift_common $(sed 's/-/_/g; s/^/_scandrift_/' commands | xargs)"
	echo '_scandrift_commands=('
	"$SCANDRIFT" --help | sed -n "/^Commands:/,/^\$/{
		s/:/\\\\:/g
		s/'/'\\\\''/g
		s/^  \([a-z][a-z-]*\)  *\(.*\)/	'\1:\2'/p
	}"
	echo ')'
	echo '_scandrift_common=('
	zsh_options -
	echo ')'
	while read -r command; do
		printf '_scandrift_%s=(\n' "$(printf '%s' "$command" | tr - _)"
		zsh_options "$command"
		case $(arguments_of "$command") in
		'') ;;
		*TARGET...*) echo "	'*:target:_scandrift_targets'" ;;
		*TARGET*) [ "$command" = init ] || echo "	'1:target:_scandrift_targets'" ;;
		*FILE*) echo "	'1:file:_files'" ;;
		*) echo "	'*:file:_files'" ;;
		esac
		echo ')'
	done <commands
}

# check_table FILE TABLE: what stands between the marks.
check_table() {
	awk '/^# end$/ { inside = 0 } inside; /^# begin: made from --help$/ { inside = 1 }' "$folder/$1" >have
	cmp -s "$2" have && return 0
	if [ -z "${SCANDRIFT_UPDATE:-}" ]; then
		diff -u have "$2" || :
		fail "src/completion/$1 is not what --help says; SCANDRIFT_UPDATE=1 writes it"
	fi
	awk -v table="$2" '
		/^# end$/ { inside = 0 }
		!inside
		/^# begin: made from --help$/ { inside = 1; while ((getline line <table) > 0) print line }
	' "$folder/$1" >whole
	cat whole >"$folder/$1"
	echo "src/completion/$1 written anew"
}

# accepted COMMAND OPTION WORD...: the command takes each as a value of the option. What else may be
# missing is told after that, with another word than "--OPTION".
accepted() {
	command=$1 option=$2
	shift 2
	for word in "$@"; do
		run "$SCANDRIFT" -C "$SCRATCH/home" "$command" "--$option=$word"
		! grep -q -e "--$option" "$err" || fail "$command: --$option does not take '$word', which is offered"
	done
}

make_bash >bash.table
make_zsh >zsh.table
check_table scandrift.bash bash.table
check_table _scandrift zsh.table
# shellcheck disable=SC2046 # lists of words
{
	accepted show color $(words_of WHEN)
	accepted check fail-on $(words_of SEVERITY)
	for command in $format_commands; do
		accepted "$command" format $(formats_of "$command")
	done
}

# complete WORD...: what bash offers for the last of the words, one a line, sorted.
cat >complete.bash <<'EOF'
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_scandrift
printf '%s\n' "${COMPREPLY[@]}" | sort
EOF
offers() {
	want=$1
	shift
	run bash --norc complete.bash "$folder/scandrift.bash" scandrift "$@"
	expect_exit 0
	expect_empty err
	[ "$(xargs <"$out")" = "$want" ] || fail "scandrift $*: want '$want', have '$(xargs <"$out")'"
}

run bash -n "$folder/scandrift.bash"
expect_exit 0
new_repo repo
mkdir -p repo/baselines
printf '[defaults]\ntimeout = 1s\n[target prod]\n[target  prod-2] ; the second\n[target -x]\n' \
	>repo/baselines/targets.ini
mkdir folder
offers "$(sort commands | xargs)" ''
offers check ch
offers '--color' --co
offers '--color --commit --config-only' check --co
offers "$(words_of WHEN | tr ' ' '\n' | sort | xargs)" --color ''
offers always check --color = al
offers "$(formats_of check | tr ' ' '\n' | sort | xargs)" check --format =
offers 'json text' log --format ''
offers 'github json markdown patch text' diff --format ''
offers 'medium' check --fail-on me
offers 'prod prod-2' -C repo check pr
offers 'prod prod-2' --directory = repo accept --dry-run ''
offers '' check ''
offers 'folder' check --replay f
offers '' init pr
offers 'commands complete.bash' normalize com
offers 'prod prod-2' -C repo check --commit pr
offers '--raw --record --replay' -C repo fetch --r
offers '' nonsense ''

if command -v zsh >/dev/null 2>&1; then
	run zsh -n "$folder/_scandrift"
	expect_exit 0
	expect_empty err
fi
