# shellcheck shell=sh
# What the journal of a host says of its runs. Read by awk alone: a power cut may leave zero bytes in the file, which not
# every program reads alike.

# The run that opened last, leaving one out. Nothing for none.
last_opened() { # STATE [BUT-RUN]
  awk -F'"' -v but="${2-}" '/"type":"opened"/ && $4 "" != but { last = $4 } END { print last }' "$1/journal.jsonl" 2>/dev/null
}

# The run that the host stands in, over or not. One that has failed before it changed anything leaves it in the one before.
last_not_failed() { # STATE
  awk -F'"' '
    /"type":"opened"/ { run[++count] = $4 "" }
    /"type":"closed","outcome":"failed"/ { failed[$4 ""] = 1 }
    END { while (count && run[count] in failed) count--; print run[count] }
  ' "$1/journal.jsonl" 2>/dev/null
}

# Whether a run has begun a step, on its way there or back.
has_begun() { # STATE RUN STEP
  awk -F'"' -v run="$2" -v step="\"step\":\"$3\"" \
    '$4 "" == run && index($0, step) { found = 1; exit } END { exit !found }' "$1/journal.jsonl" 2>/dev/null
}

# Whether a run has ended.
is_closed() { # STATE RUN
  awk -F'"' -v run="$2" '$4 "" == run && /"type":"closed"/ { found = 1; exit } END { exit !found }' "$1/journal.jsonl" 2>/dev/null
}
