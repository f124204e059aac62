# shellcheck shell=sh
# Gates: places where a run waits for the word of whoever leads several hosts.

# One word is decided on for a gate, once and for all, by whoever is first: the leader, or the gate that has not heard of
# them for too long. Prints the word that holds.
decide() { # RUN GATE WORD
  printf '%s\n' "$3" >"$1/$2.$$" && ln "$1/$2.$$" "$1/$2.word" 2>/dev/null
  rm -f "$1/$2.$$"
  cat "$1/$2.word"
}
