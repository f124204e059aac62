import { EXIT, type ExitCode } from '../core/problem.ts';
import { readTag } from '../core/tag-name.ts';
import { namedTag } from '../release/named-tag.ts';
import { pastNotes } from '../release/past-notes.ts';
import { joinNotes } from '../release/tags.ts';
import type { Context } from './command.ts';
import { lookAndPlan } from './make-release.ts';
import { type ReleaseOptions, requestOf } from './release-options.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

/**
 * Prints the changelog section alone: of the release that `word` names by its version or tag, or else of the one that
 * it would make from `line`.
 * @param target what that would be made with: a bump or a version
 * @throws Problem, Refusals where such a release could not be made
 */
export async function printNotes(
  { terminal, json }: Context,
  workshop: ReleaseWorkshop,
  line: string,
  word: string,
  target: string,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { git } = workshop.ports;
  const { tag: format } = workshop.config.release;
  const tag = namedTag(format, word, options.package);
  const past =
    tag === undefined ? undefined : await pastNotes(git, await workshop.first.refs, workshop.config.release, tag);
  const tags =
    tag === undefined || past === undefined
      ? await plannedNotes(workshop, line, target, options)
      : [{ name: tag, version: readTag(format, tag)?.version, notes: past }];
  const found = tags.map(({ name, version, notes }) => ({ name, version, notes }));
  terminal.out(json ? `${JSON.stringify({ outcome: 'notes', tags: found })}\n` : `${printable(joinNotes(found))}\n`);
  return EXIT.done;
}

/** What others have published meanwhile does not matter to who only reads. */
async function plannedNotes(workshop: ReleaseWorkshop, line: string, target: string, options: ReleaseOptions) {
  const unpushed = { ...options, push: false, pr: false };
  const plan = await lookAndPlan(workshop, line, requestOf('release', target, unpushed, workshop.config.release));
  return plan.details.tags;
}
