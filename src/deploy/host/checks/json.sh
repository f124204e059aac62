# shellcheck shell=sh
# Reads one value out of JSON with the awk that every host has; a Pi need not have jq.

# Says what is there instead, and fails, unless the value at a dotted path (checks.0.state) is WANTED; strings without
# their quotes, numbers by value. Of a key that stands twice the last counts, as in JavaScript (RFC 8259, section 4).
json_is() { # PATH WANTED, the JSON on standard input
  json_path=$1 json_wanted=$2 LC_ALL=C awk '
    BEGIN {
      path = ENVIRON["json_path"]
      wanted = ENVIRON["json_wanted"]
      while ((getline line) > 0) text = text (lines++ ? "\n" : "") line
      at = 1
      whole = value("")
      skip()
      if (!whole || at <= length(text)) { print "the answer is not JSON"; exit 1 }
      if (kind == "") { print "the answer has no " path; exit 1 }
      if (kind == "object" || kind == "array") { print path " is no single value but an " kind; exit 1 }
      number = "^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$"
      if (value_found == wanted "" || kind == "number" && wanted ~ number && value_found + 0 == wanted + 0) exit 0
      print path " is " substr(value_found, 1, 200) ", not " wanted
      exit 1
    }

    function next_is(letter) { return substr(text, at, 1) == letter }

    function skip() { while (at <= length(text) && index(" \t\r\n", substr(text, at, 1))) at++ }

    function below(where, key) { return (where == "" ? "" : where ".") key }

    function keep(where, its_kind, its_value) {
      if (where != path) return
      kind = its_kind
      value_found = its_value ""
    }

    # Reads the value that begins at `at`; 0 when there is none.
    function value(where, key, count) {
      skip()
      if (next_is("{")) {
        keep(where, "object", "")
        at++
        skip()
        if (next_is("}")) { at++; return 1 }
        for (;;) {
          skip()
          if (!string()) return 0
          key = string_read
          skip()
          if (!next_is(":")) return 0
          at++
          if (!value(below(where, key))) return 0
          skip()
          if (next_is("}")) { at++; return 1 }
          if (!next_is(",")) return 0
          at++
        }
      }
      if (next_is("[")) {
        keep(where, "array", "")
        at++
        skip()
        if (next_is("]")) { at++; return 1 }
        for (count = 0; ; count++) {
          if (!value(below(where, count))) return 0
          skip()
          if (next_is("]")) { at++; return 1 }
          if (!next_is(",")) return 0
          at++
        }
      }
      if (next_is("\"")) {
        if (!string()) return 0
        keep(where, "string", string_read)
        return 1
      }
      return literal(where)
    }

    function literal(where, word, letter) {
      while ((letter = substr(text, at, 1)) != "" && letter ~ /[-+.0-9A-Za-z]/) { word = word letter; at++ }
      if (word ~ /^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$/) keep(where, "number", word)
      else if (word == "true" || word == "false" || word == "null") keep(where, "word", word)
      else return 0
      return 1
    }

    # Leaves what it read in string_read.
    function string(read, letter) {
      if (!next_is("\"")) return 0
      for (at++; (letter = substr(text, at, 1)) != ""; at++) {
        if (letter == "\"") { at++; string_read = read; return 1 }
        if (letter == "\n") return 0
        if (letter == "\\") {
          letter = substr(text, ++at, 1)
          if (letter == "u") { letter = code_point(); if (letter == "") return 0 }
          else if (letter == "n") letter = "\n"
          else if (letter == "t") letter = "\t"
          else if (letter == "r") letter = "\r"
          else if (letter == "b") letter = "\b"
          else if (letter == "f") letter = "\f"
          else if (letter == "" || !index("\"\\/", letter)) return 0
        }
        read = read letter
      }
      return 0
    }

    # The letter that stands as four hexadecimal digits after `at`, or as twice four (a surrogate pair), in UTF-8.
    function code_point(code, low) {
      code = hexadecimal(at + 1)
      if (code < 0) return ""
      at += 4
      if (code >= 55296 && code < 56320 && substr(text, at + 1, 2) == "\\u") {
        low = hexadecimal(at + 3)
        if (low >= 56320 && low < 57344) { code = 65536 + (code - 55296) * 1024 + low - 56320; at += 6 }
      }
      if (code < 128) return sprintf("%c", code)
      if (code < 2048) return byte(192 + int(code / 64)) byte(128 + code % 64)
      if (code < 65536) return byte(224 + int(code / 4096)) byte(128 + int(code / 64) % 64) byte(128 + code % 64)
      return byte(240 + int(code / 262144)) byte(128 + int(code / 4096) % 64) byte(128 + int(code / 64) % 64) byte(128 + code % 64)
    }

    function byte(code) { return sprintf("%c", code) }

    function hexadecimal(from, code, i, digit) {
      for (i = 0; i < 4; i++) {
        digit = index("0123456789abcdef", tolower(substr(text, from + i, 1))) - 1
        if (digit < 0 || substr(text, from + i, 1) == "") return -1
        code = code * 16 + digit
      }
      return code
    }'
}
