# shellcheck shell=sh
# Time since boot, which no clock adjustment moves. A Pi has no clock of its own and often corrects it.
centiseconds() {
  if read -r uptime _ 2>/dev/null </proc/uptime; then
    echo "${uptime%.*}${uptime#*.}"
  else
    echo "$(date +%s)00"
  fi
}
