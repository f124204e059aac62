/**
 * Git syncs neither loose objects nor refs by default (git-config(1), core.fsync): after a power cut a branch could name
 * a commit that is not there. Put before the command of every git whose work the next step builds on.
 */
export const DURABLY: readonly string[] = ['-c', 'core.fsync=all'];
