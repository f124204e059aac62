# shellcheck shell=sh disable=SC2034
# What every step of a deployment shares. Each step first sets `compose` and the TAGSHIP_ variables of its release, then
# sources the files of this folder. Steps run in the app directory; what comes before the checkout works beside it.

export LC_ALL=C GIT_TERMINAL_PROMPT=0
# Our own files are nobody else's business; those of the app are made as its user makes them.
read -r mask <"$TAGSHIP_RUN/umask" && umask "$mask"
scratch=$TAGSHIP_RUN/scratch
# The files of a release lie as deep below this as the app directory does below the root: what they name by ".." is found,
# and Compose, which names a project after its folder, finds the same name.
around=$scratch/around
tree=$around$PWD

fail() {
  printf '%s\n' "$*"
  exit 1
}

one_line() { printf '%s' "$1" | tr '\n\r\t' '   '; }

# A line that is told again at the end, when all went well too.
warn() { printf '! %s\n' "$(one_line "$*")"; }

# A note that outlives a power cut, or none: written, and on disk with its place in the folder of the run.
note_for_good() { # NAME TEXT
  printf '%s' "$2" >"$TAGSHIP_RUN/$1" && { sync "$TAGSHIP_RUN/$1" "$TAGSHIP_RUN" 2>/dev/null || sync; }
}

# What is left of SECONDS since the containers were started.
centiseconds_left() { # SECONDS
  echo "$(($1 * 100 - ($(centiseconds) - $(cat "$TAGSHIP_RUN/started-at"))))"
}
