import { posix } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import type { ReleaseFacts, TextFile } from './facts.ts';
import { editing, readPubspec, textOf, UneditablePubspec, type VersionSpot } from './pubspec.ts';

export interface ChosenPubspec extends TextFile {
  readonly spot: VersionSpot;
  /** What the package is called; '' where the pubspec does not say. */
  readonly name: string;
}

/**
 * The pubspec that carries the release's version. With several, the one Flutter app among them (it has a
 * `lib/main.dart` beside it); when that leaves a choice it is the user's.
 * @throws Problem `no-pubspec`, `several-pubspecs`, `pubspec-uneditable`
 */
export function choosePubspec({ pubspecs, tree }: Pick<ReleaseFacts, 'pubspecs' | 'tree'>): ChosenPubspec {
  const [first] = pubspecs;
  // A single pubspec that cannot be edited must say why; among several it is simply not the one.
  if (first !== undefined && pubspecs.length === 1) return withSpot(first);
  const versioned = pubspecs.flatMap((file) => {
    try {
      return [withSpot(file)];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  });
  const apps = versioned.filter(({ path }) => {
    const entryPoint = posix.join(posix.dirname(path), 'lib/main.dart');
    return tree.some((entry) => entry.path === entryPoint);
  });
  const candidates = versioned.length > 1 ? apps : versioned;
  const [chosen] = candidates;
  if (chosen !== undefined && candidates.length === 1) return chosen;
  throw pubspecs.length === 0 || versioned.length === 0 ? noPubspec() : severalPubspecs(versioned);
}

export function withSpot(file: TextFile): ChosenPubspec {
  const uneditable = {
    code: 'pubspec-uneditable',
    what: `${file.path} cannot be given a new version`,
    fix: `write it as "version: 1.2.3" or "version: 1.2.3+4" in ${file.path}, commit that to develop and run again`,
  };
  return editing(uneditable, () => {
    const { name, version: spot } = readPubspec(textOf(file.bytes));
    if (spot === undefined) throw new UneditablePubspec('it has no version');
    return { ...file, name, spot };
  });
}

function noPubspec(): Problem {
  return new Problem({
    code: 'no-pubspec',
    what: 'develop has no pubspec.yaml with a version',
    fix: 'commit one with "version: 0.1.0" to develop, or name it in tagship.yaml: release: { pubspec: path/pubspec.yaml }',
    exit: EXIT.refused,
  });
}

function severalPubspecs(found: readonly TextFile[]): Problem {
  return new Problem({
    code: 'several-pubspecs',
    what: 'several pubspec.yaml files could carry the version',
    why: found.map(({ path }) => path).join('\n'),
    fix: `name one in tagship.yaml: release: { pubspec: ${found[0]?.path ?? 'pubspec.yaml'} } (or release them all: release: { packages: together }, or independent, each with a version of its own)`,
    exit: EXIT.refused,
  });
}
