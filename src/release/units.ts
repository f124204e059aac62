import type { ReleaseConfig } from '../config/schema.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import { formatFor } from '../core/tag-name.ts';
import { type ChosenPackages, choosePackages, unmatchedGlobs } from './choose-packages.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';
import type { ChangelogFile, History, ReleaseFacts } from './facts.ts';
import { ownerOf } from './package-folder.ts';
import { nameRefusals } from './package-names.ts';

/** Packages that share a version, a tag and a changelog: those of a whole repository, or an independent one alone. */
export interface Unit {
  readonly packages: ChosenPackages;
  /** Name of the package; undefined where the repository is released as a whole. */
  readonly name: string | undefined;
  readonly history: History;
  /** Whether it has changed on the release branch that is finished. */
  readonly mended: boolean;
  readonly changelog: ChangelogFile | undefined;
  /** How it is tagged, e.g. `core-v{version}`. */
  readonly format: string;
  /** The configured files that carry its version. */
  readonly files: ReleaseConfig['files'];
}

/** A unit that is released. */
export interface ReleasedUnit extends Unit {
  readonly version: string;
  readonly tag: string;
  /** Names of the released packages that it needs, where it is released because of them alone; else none. */
  readonly follows: readonly string[];
}

/** @throws Problem, Refusals: as {@link choosePackages}, {@link nameRefusals}; `include-unmatched`, `version-file` */
export function unitsOf(facts: ReleaseFacts, config: ReleaseConfig): readonly [Unit, ...Unit[]] {
  refuseIfAny(unmatchedGlobs(facts, config));
  const packages = choosePackages(facts, config);
  if (config.packages?.mode !== 'independent') {
    const { tag: format, files } = config;
    return [{ packages, name: undefined, history: facts, mended: false, changelog: facts.changelog, format, files }];
  }
  refuseIfAny([...nameRefusals(packages), ...strayFiles(packages, config)]);
  const [first, ...rest] = packages;
  const unit = (pubspec: ChosenPubspec): Unit => {
    const { changelog, mended, ...history } = facts.byPackage?.get(pubspec.path) ?? NOTHING;
    return {
      packages: [pubspec],
      name: pubspec.name,
      history,
      mended,
      changelog,
      format: formatFor(config.tag, pubspec.name),
      files: config.files.filter(({ path }) => ownerOf(path, pathsOf(packages)) === pubspec.path),
    };
  };
  return [unit(first), ...rest.map(unit)];
}

const NOTHING = { commits: [], lastRelease: undefined, mended: false, changelog: undefined };
const pathsOf = (packages: ChosenPackages) => packages.map(({ path }) => path);

/** Which version would they get? */
function strayFiles(packages: ChosenPackages, { files }: ReleaseConfig): readonly Problem[] {
  const stray = files.filter(({ path }) => ownerOf(path, pathsOf(packages)) === undefined);
  return stray.map(
    ({ path }) =>
      new Problem({
        code: 'version-file',
        what: `${path} is in the folder of no package, so it is not known whose version it carries`,
        fix: 'move it into the folder of its package, or take it out of release: { files: … } in tagship.yaml',
        exit: EXIT.refused,
      }),
  );
}

/** How a unit's version is told: `core 1.3.0`, or `1.3.0` where there is only one. */
export const toldVersion = ({ name }: Pick<Unit, 'name'>, version: string) =>
  name === undefined ? version : `${name} ${version}`;
