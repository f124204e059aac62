/** Whether `GIT_INDEX_FILE` in a hook is the index that git makes for `git commit PATH`, of HEAD and these files alone. */
export const isOfNamedFiles = (index: string) => /(^|[/\\])next-index-\d+\.lock$/.test(index);
