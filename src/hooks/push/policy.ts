import type { ChecksConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { TaggedVersion } from '../../core/tag-name.ts';
import { withoutPassword } from '../../core/without-password.ts';
import type { PushedRef } from './pushed-ref.ts';

/** The rules a ref is judged by: those of the commit that is pushed, or of the server's main. */
export interface PolicyRules {
  /** Full names. */
  readonly main: string;
  readonly develop: string;
  /** Name of the remote, as a clone has it. */
  readonly remote: string;
  readonly policy: ChecksConfig['policy'];
  /** What a tag stands for, by its full name; undefined for a tag of another kind. */
  readonly releaseOf: (ref: string) => TaggedVersion | undefined;
}

/** How a branch would move. */
export interface BranchMove {
  /** It is what a release made, or is made of nothing else. */
  readonly released: boolean;
  /** Nothing that is there now would be lost. Undefined when that commit is not known here. */
  readonly forward: boolean | undefined;
  /** Commits put right onto the branch, not merged into it; the first few, as `id subject`. */
  readonly direct: readonly string[];
}

/** What a tag names. */
export interface TagTarget {
  readonly annotated: boolean;
  readonly commit: string;
  /** Whether main has the commit, or will have it after this push; of a pre-release, develop and release branches count as well. */
  readonly onLine: boolean;
  /** Whether it is known here what any of those branches has. */
  readonly lineKnown: boolean;
  /** Whether those branches have it here, where they are not pushed yet. */
  readonly onLineHere: boolean;
  /** What stands in the pubspecs that it is for, at that commit; none where there is no such package. */
  readonly versions: readonly VersionThere[];
}

/** A version, without build number, as a pubspec has it. */
export interface VersionThere {
  readonly path: string;
  readonly version: string;
}

/** A ref with what is known of it. `branch` and `tag` are looked up only where a rule asks for them. */
export interface JudgedRef {
  readonly ref: PushedRef;
  readonly rules: PolicyRules;
  /** The remote that is pushed to, by its name or address; on a server, which is that itself, the one that is released to. */
  readonly to?: string | undefined;
  /** Whether that is another one than is released to. */
  readonly elsewhere?: boolean | undefined;
  readonly branch?: BranchMove;
  readonly tag?: TagTarget;
}

/** Which rule a ref falls under. */
export function ruleFor({ remoteRef }: PushedRef, rules: PolicyRules): 'main' | 'develop' | 'tag' | undefined {
  if (remoteRef === rules.main) return 'main';
  if (remoteRef === rules.develop) return 'develop';
  return rules.policy.tags === 'release' && rules.releaseOf(remoteRef) !== undefined ? 'tag' : undefined;
}

/** Whether a ref is main, develop or a release tag, whatever is allowed with it. */
export function isNamed({ remoteRef }: PushedRef, { main, develop, releaseOf }: PolicyRules): boolean {
  return remoteRef === main || remoteRef === develop || releaseOf(remoteRef) !== undefined;
}

/** Everything about the push that the policy forbids. */
export function policyRefusals(refs: readonly JudgedRef[]): readonly Problem[] {
  return refs.flatMap((judged) => {
    const rule = ruleFor(judged.ref, judged.rules);
    if (rule === undefined) return [];
    return rule === 'tag' ? tagRefusals(judged) : branchRefusals(judged, judged.rules, judged.rules.policy[rule]);
  });
}

function branchRefusals(
  { ref, branch, to, elsewhere }: JudgedRef,
  { remote }: PolicyRules,
  rule: 'release' | 'merge' | 'open',
): readonly Problem[] {
  const name = ref.remoteRef.replace('refs/heads/', '');
  if (ref.localId === undefined) {
    return [refusal('protected-delete', `${name} must not be deleted`, undefined, 'delete another branch, or none')];
  }
  // The first of its name: the repository is being set up.
  if (ref.remoteId === undefined) return [];
  // A release may have been overtaken, and a tag in the same push makes one of any commit: neither takes away what is there.
  if (branch === undefined || (branch.released && branch.forward === true)) return [];
  if (branch.forward === undefined) {
    return [
      refusal(
        'remote-unknown',
        `${name} has commits on the remote that are not known here`,
        undefined,
        'git fetch, then push again',
      ),
    ];
  }
  if (!branch.forward) {
    const why = 'the push would take away commits that the remote has';
    const there = shellQuote(withoutPassword(to ?? remote));
    // What has drifted there was not released, so that no merge of it can be pushed.
    const fix =
      elsewhere && rule === 'release'
        ? `git push ${there} ${ref.remoteId.slice(0, 10)}:refs/heads/BRANCH keeps what is there; then set ${name} back at ${there} itself: no push does`
        : `${onBranch(ref, name)}git pull --no-rebase ${there} ${shellQuote(name)}, then push again`;
    return [refusal('protected-rewrite', `${name} must not be rewritten`, why, fix)];
  }
  if (rule === 'open' || (rule === 'merge' && branch.direct.length === 0)) return [];
  const change = `checks: { policy: { … } } in tagship.yaml`;
  return rule === 'merge'
    ? [
        refusal(
          'not-merged',
          `${name} is moved by merges and releases, and this push puts commits right onto it`,
          branch.direct.join('\n'),
          `${toBranch(ref, name)}git merge --no-ff BRANCH (or open a pull request of BRANCH; the rule is ${change})`,
        ),
      ]
    : [
        refusal(
          'not-released',
          `${name} is moved only by a release`,
          branch.direct.join('\n') || undefined,
          `tagship release minor, tagship hotfix NAME, or a pull request (the rule is ${change})`,
        ),
      ];
}

/** What is pushed from elsewhere, as `HEAD:develop`, is merged there. */
const onBranch = ({ localRef, remoteRef }: PushedRef, name: string) =>
  localRef === remoteRef ? `git switch ${shellQuote(name)} && ` : '';

/** Commits that stand on the branch itself are put onto one of their own first; nothing is lost, also not what is changed. */
function toBranch({ localRef, remoteRef, remoteId = '' }: PushedRef, name: string): string {
  const quoted = shellQuote(name);
  if (localRef !== remoteRef) return `git switch ${quoted} && `;
  return `git branch BRANCH ${quoted} && git switch ${quoted} && git reset --keep ${remoteId.slice(0, 10)} && `;
}

function tagRefusals({ ref, rules, tag }: JudgedRef): readonly Problem[] {
  const name = ref.remoteRef.replace('refs/tags/', '');
  const again = 'tagship release patch makes a new one';
  if (ref.localId === undefined) {
    return [
      refusal('tag-deleted', `${name} is a release and must not be deleted`, 'whoever has it would keep it', again),
    ];
  }
  if (ref.remoteId !== undefined) {
    const why = 'whoever has the old one would not notice';
    return [refusal('tag-moved', `${name} is a release and must not be moved`, why, again)];
  }
  if (tag === undefined) return [];
  const release = rules.releaseOf(ref.remoteRef);
  const found: Problem[] = [];
  if (!tag.annotated) {
    const fix = `git tag -d ${name}, then: tagship release minor (or: git tag -a ${name} COMMIT)`;
    found.push(
      refusal('tag-lightweight', `${name} is not an annotated tag`, 'nobody could tell who made it, and when', fix),
    );
  }
  if (!tag.onLine) {
    const [main, develop] = [rules.main, rules.develop].map((ref) => ref.replace('refs/heads/', ''));
    const preRelease = /-([A-Za-z]*)/.exec(release?.version ?? '');
    const line = preRelease === null ? main : `${main}, ${develop} or a release branch`;
    const why = `${tag.commit.slice(0, 10)} is not in the remote's ${line}, nor does this push bring it there`;
    const pre = preRelease === null ? '' : ` --pre ${preRelease[1] || 'beta'}`;
    const again = tag.onLineHere
      ? `tagship release publish (it pushes the tag with the branches that have it)`
      : `tagship release minor${pre} (it merges, tags and pushes together)`;
    const fix = tag.lineKnown
      ? again
      : `git fetch ${shellQuote(rules.remote)}, then push again (where it has no ${main} yet: push that along)`;
    found.push(refusal('tag-not-on-main', `${name} is not on ${line}`, why, fix));
  }
  const wrong = tag.versions.filter(({ version }) => version !== release?.version);
  if (wrong.length > 0 || tag.versions.length === 0) {
    const what = release?.name === undefined ? 'pubspec.yaml with a version' : `package ${release.name}`;
    const why =
      wrong.map(({ path, version }) => `${path} there says ${version}`).join('\n') || `there is no ${what} there`;
    const again = [release?.version, ...(release?.name === undefined ? [] : ['--package', release.name])].join(' ');
    found.push(
      refusal(
        'tag-version',
        `${name} does not stand for the version of its commit`,
        why,
        `git tag -d ${name}, then: tagship release ${again}`,
      ),
    );
  }
  return found;
}

function refusal(code: string, what: string, why: string | undefined, fix: string): Problem {
  return new Problem({ code, what, ...(why === undefined ? {} : { why }), fix, exit: EXIT.refused });
}
