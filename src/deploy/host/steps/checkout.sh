# shellcheck shell=sh disable=SC2154
# The clone on the host: getting a release into it, beside it, and back out of it.

# Nobody's hooks and no housekeeping in the background, which would outlive the step and hold the lock. What it writes is
# on disk when it ends: an object that a power cut leaves empty stops every later fetch.
host_git() { git -c core.fsync=all -c core.hooksPath=/dev/null -c gc.auto=0 -c maintenance.auto=false -c advice.detachedHead=false "$@"; }

fetch_tag() { # TAG COMMIT
  clear_stale_lock "refs/tags/$1"
  host_git fetch --quiet --no-tags --force origin "refs/tags/$1:refs/tags/$1" </dev/null || fail "$1 could not be fetched from origin"
  found=$(git rev-parse --verify --quiet "refs/tags/$1^{commit}")
  [ "$found" = "$2" ] || fail "$1 has been moved since the plan was made: it is $found now"
}

require_commit() { # COMMIT
  git cat-file -e "$1^{commit}" 2>/dev/null || fail "commit $1 is no longer in $PWD/.git"
}

# The release's files beside the running ones, so that images are pulled and built while the old version serves.
# Files git does not track (.env, env files, secrets) are linked in at the same places, but not where a link of the release
# leads out of it.
export_tree() { # COMMIT
  rm -rf "$scratch"
  mkdir -p "$tree"
  ! git grep -qF .. "$1" -- '*.yml' '*.yaml' || surround_tree
  GIT_INDEX_FILE=$scratch/index
  export GIT_INDEX_FILE
  git read-tree "$1" || fail "the files of the release could not be listed"
  git checkout-index --all --quiet --prefix="$tree/" || fail "the files of the release could not be written"
  unset GIT_INDEX_FILE
  # shellcheck disable=SC2016 # expanded by the inner shell
  git ls-files -z --others --directory | xargs -0 sh -c '
    from=$1 to=$2 links=$3 known=
    shift 3
    within() { # FOLDER, made where the release has it not
      [ -d "$1" ] || { within "${1%/*}" && mkdir "$1"; } 2>/dev/null || return
      case $(cd "$1" && pwd -P)/ in "$to"/*) ;; *) return 1 ;; esac
    }
    # Into a folder that the release has too goes what is in it.
    link() { # PATH
      if [ -d "$to/$1" ] && [ ! -L "$to/$1" ] && [ -d "$from/$1" ] && [ ! -L "$from/$1" ]; then
        for inside in "$from/$1"/* "$from/$1"/.[!.]* "$from/$1"/..?*; do
          if [ -e "$inside" ] || [ -L "$inside" ]; then link "$1/${inside##*/}"; fi
        done
      else
        [ -e "$to/$1" ] || [ -L "$to/$1" ] || ln -s "$from/$1" "$to/$1"
      fi
    }
    # A folder at a time: an app may have many thousands of files of its own in one.
    link_noted() {
      [ ! -s "$links" ] || xargs -0 sh -c "to=\$1 && shift && ln -s \"\$@\" \"\$to/\"" link "$known" <"$links"
      : >"$links"
    }
    : >"$links"
    for file; do
      file=${file%/}
      folder=$to
      case $file in */*) folder=$to/${file%/*} ;; esac
      [ "$folder" = "$known" ] || { link_noted; is_within=no && within "$folder" && is_within=yes; }
      known=$folder
      [ "$is_within" = yes ] || continue
      if [ -e "$to/$file" ] || [ -L "$to/$file" ]; then link "$file"; else printf "%s\0" "$from/$file" >>"$links"; fi
    done
    link_noted
  ' link "$PWD" "$(cd "$tree" && pwd -P)" "$scratch/links"
}

# What lies beside the app directory, and beside each folder above it, is linked in at the same places.
# shellcheck disable=SC2016 # expanded by the inner shell
surround_tree() {
  rest=$PWD
  while [ -n "$rest" ]; do
    own=${rest##*/} rest=${rest%/*}
    for beside in "$rest"/* "$rest"/.[!.]* "$rest"/..?*; do
      # Nothing is looked at: a mount that does not answer may be among them. What matches nothing stays as it was.
      case ${beside##*/} in "$own" | '*' | '.[!.]*' | '..?*') ;; *) printf '%s\0' "$beside" ;; esac
    done | xargs -0 -r sh -c 'to=$1 && shift && ln -s "$@" "$to/"' link "$around$rest"
  done
}

# What git does not track stays as it is. The rehearsal does not see files that are ignored, and git would replace them;
# on the way back they would then be gone, because the release did track them.
check_room() { # COMMIT
  added_files "$1" >"$TAGSHIP_RUN/added" || fail "the files of the release could not be compared with those here"
  # shellcheck disable=SC2016 # expanded by the inner shell
  in_the_way=$(xargs -0 sh -c '
    for file; do
      if [ -d "$file" ] && [ ! -L "$file" ]; then
        git --literal-pathspecs ls-files --others -- "$file"
      elif [ -e "$file" ] || [ -L "$file" ]; then
        printf "%s\n" "$(printf "%s" "$file" | tr "\n" "?")"
      else
        folder=$file
        while case $folder in */*) true ;; *) false ;; esac do
          folder=${folder%/*}
          [ ! -d "$folder" ] || [ -L "$folder" ] || break
          [ ! -e "$folder" ] && [ ! -L "$folder" ] || git --literal-pathspecs ls-files --others -- "$folder"
        done
      fi
    done
  ' look <"$TAGSHIP_RUN/added" | sort -u | head -n 5)
  [ -z "$in_the_way" ] || fail "the release brings files that stand here untracked: $(printf '%s' "$in_the_way" | tr '\n' ' ')"
  said=$(rehearse_checkout "$1" 2>&1) || fail "the checkout of the release would fail: $said"
}

# A file is replaced by way of its folder, which a container or sudo may have made.
check_folders() { # COMMIT
  # shellcheck disable=SC2016 # expanded by the inner shell
  foreign=$(git diff-tree -r -z --no-renames --name-only HEAD "$1" | xargs -0 sh -c '
    for file; do
      folder=./$file
      while folder=${folder%/*} && [ ! -d "$folder" ]; do :; done
      [ -w "$folder" ] || printf "%s\n" "$(printf "%s" "${folder#./}" | tr "\n" "?")"
    done
  ' look | sort -u | head -n 5 | tr '\n' ' ')
  [ -z "$foreign" ] || fail "the release changes files in folders of another user: ${foreign% }"
}

# As the checkout will go once what was edited here is kept.
rehearse_checkout() { # COMMIT
  as_it_is=HEAD
  see_edits
  if is_edited; then
    cp "$(git rev-parse --git-path index)" "$TAGSHIP_RUN/index" || return
    export GIT_INDEX_FILE="$TAGSHIP_RUN/index"
    git add --update && as_it_is=$(git write-tree) || return
  fi
  host_git read-tree -n -m -u "$as_it_is" "$1"
}

# Files of a commit that HEAD does not have, each followed by a NUL.
added_files() { # COMMIT
  git diff-tree -r -z --no-renames --name-only --diff-filter=A HEAD "$1"
}

# What stands in the way may have come since the rehearsal: git must not replace that either.
check_out() { # COMMIT
  keep_edits
  begin_checkout || fail "it cannot be noted that the checkout begins"
  ! is_edited || host_git reset -q --hard HEAD || fail "the checkout cannot be brought back to its commit"
  bring_files --no-overwrite-ignore --detach "$1" || fail "the release could not be checked out"
}

# A file that cannot be written (its folder is another user's, the disk is full) git tells of, and ends as if all went well.
bring_files() { # ARGUMENT...
  said=$(host_git checkout --quiet "$@" 2>&1)
  ended=$?
  [ -z "$said" ] || printf '%s\n' "$said"
  [ "$ended" = 0 ] || return "$ended"
  case $said in *'error: '*) ;; *) return 0 ;; esac
  git update-index -q --refresh >/dev/null
  git diff-files --quiet
}

# From here on, what is not as its commit has it is half of a checkout; before, it is somebody's edit.
begin_checkout() { note_for_good checkout-begun ''; }

# Where git fails, what was kept of the previous release starts it all the same, the files of the checkout as they are.
return_to() { # COMMIT RELEASE [BRANCH]
  rm -f "$TAGSHIP_RUN/way-back"
  if ! (check_out_again "$@"); then
    [ -e "$TAGSHIP_RUN/present/config.yml" ] || exit 1
    echo 'git does not bring the files back: falling back to the images and the configuration that were kept of the release'
    echo image >"$TAGSHIP_RUN/way-back"
    printf '%s\n' "$TAGSHIP_RUN/present" >"$TAGSHIP_RUN/previous.unit"
  fi
  restore_environment "$TAGSHIP_RUN/present"
}

# Back to where the plan found it, from wherever the checkout of the release has come to. By force: what stands in the way
# is the half of a checkout that failed. But what came since to a place that the release had left empty is somebody's, and
# is kept.
check_out_again() { # COMMIT RELEASE [BRANCH]
  clear_stale_lock index
  clear_stale_lock HEAD
  [ -e "$TAGSHIP_RUN/checkout-begun" ] || return 0
  set_aside_untracked "$1"
  if [ -n "${3:-}" ] && [ "$(git rev-parse --verify --quiet "refs/heads/$3")" = "$1" ]; then
    bring_files --force "$3"
  else
    bring_files --force --detach "$1"
  fi || fail "the files of the previous release could not be restored"
  remove_half_checkout "$2"
  restore_edits
}

# What a checkout that was killed had brought: files the release adds, whole or as far as they were written. Git does not
# know of them, and they would be in the way of the next.
remove_half_checkout() { # RELEASE
  added_files "$1" >"$TAGSHIP_RUN/added" 2>/dev/null || return 0
  # shellcheck disable=SC2016 # expanded by the inner shell
  xargs -0 sh -c '
    release=$1
    shift
    for file; do
      if [ -L "$file" ]; then
        [ "$(readlink -- "$file")" = "$(git cat-file blob "$release:$file")" ] || continue
      else
        [ -f "$file" ] || continue
        git cat-file --filters "$release:$file" | head -c "$(wc -c <"$file")" | cmp -s - "./$file" || continue
      fi
      rm -f -- "$file"
    done
  ' remove "$1" <"$TAGSHIP_RUN/added"
}

set_aside_untracked() { # COMMIT
  added_files "$1" >"$TAGSHIP_RUN/added" 2>/dev/null || return 0
  # shellcheck disable=SC2016 # expanded by the inner shell
  xargs -0 sh -c '
    to=$1
    shift
    for file; do
      [ -e "$file" ] || [ -L "$file" ] || continue
      kept=$to/$file
      mkdir -p "${kept%/*}" && mv -- "$file" "$kept" && printf "%s\n" "$file was in the way and is kept in $to"
    done
  ' keep "$(kept_files)" <"$TAGSHIP_RUN/added"
}

# Where files of the user are kept that a run had to take away. Unlike the runs it is never cleared.
kept_files() { printf '%s\n' "${TAGSHIP_RUN%/runs/*}/set-aside/${TAGSHIP_RUN##*/}"; }
