import type { ReleaseConfig } from '../../config/schema.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { exampleTag, namesPackage, readTag } from '../../core/tag-name.ts';
import { isLower } from '../../core/version.ts';
import { branchNames } from '../branches.ts';
import { namedTag } from '../named-tag.ts';
import { type UnpublishedFacts, unpublishedTags } from '../unpublished.ts';

/**
 * The published tags whose GitHub releases are to be made: the named one, or those of the newest release. None while
 * there are releases to push first, or none at all.
 * @param wanted a tag or version
 * @param packages names of the independent packages that are meant
 * @throws Problem `tag-unpublished`, `tag-unnamed`
 */
export function chooseForGitHub(
  facts: UnpublishedFacts,
  config: ReleaseConfig,
  wanted: string | undefined,
  packages: readonly string[],
): readonly string[] {
  const { refs, published } = facts;
  const isPublished = (name: string) => refs.has(`refs/tags/${name}`) && published.refs.has(`refs/tags/${name}`);
  if (wanted !== undefined) {
    const name = namedTag(config.tag, wanted, packages);
    if (name === undefined) throw unnamedTag(wanted, config.tag);
    if (isPublished(name)) return [name];
    throw new Problem({
      code: 'tag-unpublished',
      what: `${name} is not both here and on ${config.remote}`,
      fix: `git fetch ${config.remote} tag ${shellQuote(name)} (or, for what is only here: tagship release publish)`,
      exit: EXIT.refused,
    });
  }
  if (facts.published.unreachable !== undefined || unpublishedTags(facts, config).length > 0) return [];
  const releases = [...refs.values()].flatMap(({ name: ref, commit }) => {
    const name = ref.replace(/^refs\/tags\//, '');
    const release = name === ref ? undefined : readTag(config.tag, name);
    return release !== undefined && isPublished(name) ? [{ name, commit, version: release.version }] : [];
  });
  if (namesPackage(config.tag)) {
    const main = refs.get(branchNames(config).main)?.commit;
    const newest = releases.filter(({ commit }) => commit === main).map(({ name }) => name);
    if (newest.length === 0 && releases.length > 0) throw unnamedTag(undefined, config.tag);
    return newest;
  }
  return releases
    .sort((a, b) => (isLower(a.version, b.version) ? 1 : -1))
    .slice(0, 1)
    .map(({ name }) => name);
}

function unnamedTag(word: string | undefined, format: string): Problem {
  const what =
    word === undefined
      ? 'main is not at a release, so it is not known which is meant'
      : `${JSON.stringify(word)} names no release`;
  const fix = `name it by its tag: tagship release publish ${exampleTag(format)}`;
  return new Problem({ code: 'tag-unnamed', what, fix, exit: EXIT.usage });
}
