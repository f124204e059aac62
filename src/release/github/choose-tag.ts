import type { ReleaseConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { tagOf, versionOfTag } from '../../core/tag-name.ts';
import { isLower } from '../../core/version.ts';
import { type UnpublishedFacts, unpublishedTags } from '../unpublished.ts';

/**
 * The published tag whose GitHub release is to be made: the named one, or the newest. Undefined while there are releases
 * to push first, or none at all.
 * @param wanted a tag or version
 * @throws Problem `tag-unpublished`
 */
export function chooseForGitHub(
  facts: UnpublishedFacts,
  config: ReleaseConfig,
  wanted: string | undefined,
): string | undefined {
  const { refs, published } = facts;
  const isPublished = (name: string) => refs.has(`refs/tags/${name}`) && published.refs.has(`refs/tags/${name}`);
  if (wanted !== undefined) {
    const name = versionOfTag(config.tag, wanted) === undefined ? tagOf(config.tag, wanted) : wanted;
    if (isPublished(name)) return name;
    throw new Problem({
      code: 'tag-unpublished',
      what: `${name} is not both here and on ${config.remote}`,
      fix: `git fetch ${config.remote} tag ${shellQuote(name)} (or, for what is only here: tagship release publish)`,
      exit: EXIT.refused,
    });
  }
  if (facts.published.unreachable !== undefined || unpublishedTags(facts, config).length > 0) return undefined;
  const versions = [...refs.keys()].flatMap((ref) => {
    const name = ref.replace(/^refs\/tags\//, '');
    const version = name === ref ? undefined : versionOfTag(config.tag, name);
    return version !== undefined && isPublished(name) ? [{ name, version }] : [];
  });
  return versions.sort((a, b) => (isLower(a.version, b.version) ? 1 : -1))[0]?.name;
}
