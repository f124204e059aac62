import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { quotedName, shortName } from './branches.ts';
import type { RefTip, ReleaseDetails } from './plan-types.ts';
import { tagNames } from './tags.ts';

/** The code of a push that has certainly published nothing. */
export const PUSH_REJECTED = 'push-rejected';

/** A ref that was not taken, as `git push --porcelain` tells it. */
export interface RejectedRef {
  /** Full name, on the remote. */
  readonly ref: string;
  /** e.g. `[rejected] (fetch first)`. */
  readonly summary: string;
}

/** Reads the lines `!<TAB>from:to<TAB>summary`. */
export function rejectedRefs(porcelain: string): readonly RejectedRef[] {
  return porcelain.split('\n').flatMap((line) => {
    const [flag, refs, summary] = line.split('\t');
    if (flag !== '!' || refs === undefined || summary === undefined) return [];
    return [{ ref: refs.slice(refs.indexOf(':') + 1), summary }];
  });
}

/** Whether the ref is on the remote in another state than the release was planned with. */
export function hasMovedOn({ summary }: RejectedRef): boolean {
  return /^\[rejected\] \((non-fast-forward|fetch first|needs force|stale info)\)/.test(summary);
}

/** What of a release has another value on the remote by now, so that it can never be pushed there. Full names. */
export interface Overtaken {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** Branches merged back to that bring commits put right onto them, with what they hold on the remote. */
  readonly direct?: readonly RefTip[];
}

export function pushRejected(
  details: ReleaseDetails,
  rejected: readonly RejectedRef[],
  overtaken: Overtaken,
  stderr: string,
): Problem {
  const remote = details.remote?.name ?? 'origin';
  return new Problem({
    code: PUSH_REJECTED,
    what: `${remote} did not take ${tagNames(details)}; nothing was published, and the release waits on this machine`,
    why: [...rejected.map(({ ref, summary }) => `${shortName(ref)} ${summary}`), stderr.trim()].join('\n'),
    fix: nextAfter(remote, rejected, overtaken),
    exit: EXIT.resumable,
  });
}

/** git itself refused before it sent anything: nearly always the pre-push hook. */
export function pushNotBegun(details: ReleaseDetails, overtaken: Overtaken, stderr: string): Problem {
  return new Problem({
    code: PUSH_REJECTED,
    what: `the push of ${tagNames(details)} was refused here; nothing was sent, and the release waits on this machine`,
    why: stderr.trim(),
    fix: nextAfter(details.remote?.name ?? 'origin', [], overtaken),
    exit: EXIT.resumable,
  });
}

/** A frozen release cannot take in what others pushed meanwhile: it is undone, and made anew on top of that. */
function nextAfter(remote: string, rejected: readonly RejectedRef[], overtaken: Overtaken): string {
  const moved = new Set([...rejected.filter(hasMovedOn).map(({ ref }) => ref), ...overtaken.branches]);
  if (moved.size > 0) {
    const names = [...moved].map((ref) => shellQuote(shortName(ref)));
    const fetch = names.map((branch) => `${branch}:${branch}`).join(' ');
    return `tagship release abort, then git fetch ${remote} ${fetch} (git pull where it is checked out), then release again`;
  }
  const exists = rejected.filter(({ summary }) => summary.includes('already exists')).map(({ ref }) => ref);
  const [taken] = [...exists, ...overtaken.tags].filter((ref) => ref.startsWith('refs/tags/'));
  if (taken !== undefined) {
    const tag = shellQuote(shortName(taken));
    return `tagship release abort, then git fetch ${remote} tag ${tag}, then release another version`;
  }
  const [direct] = overtaken.direct ?? [];
  if (direct !== undefined && rejected.some(({ summary }) => summary.startsWith('[remote rejected]'))) {
    const name = quotedName(direct.name);
    const merged = `git branch BRANCH ${name} && git switch ${name} && git reset --keep ${direct.id.slice(0, 10)} && git merge --no-ff BRANCH`;
    return `for commits right on ${shortName(direct.name)}: tagship release abort, then ${merged}, then release again (for any other cause: mend it, then tagship release continue, or abort)`;
  }
  return 'mend the cause, then: tagship release continue (or undo it all: tagship release abort)';
}
