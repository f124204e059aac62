import { EXIT, Problem } from '../core/problem.ts';
import { PACKAGE_NAME } from '../core/tag-name.ts';
import type { ChosenPubspec } from './choose-pubspec.ts';

/** Why these packages cannot be told apart by their names, which their tags and commands are made of. */
export function nameRefusals(packages: readonly ChosenPubspec[]): readonly Problem[] {
  const refuse = (code: string, what: string, why: string, fix: string) =>
    new Problem({ code, what, why, fix, exit: EXIT.refused });
  const unusable = packages.filter(({ name }) => !PACKAGE_NAME.test(name));
  const usable = packages.filter(({ name }) => PACKAGE_NAME.test(name));
  const named = new Map<string, ChosenPubspec[]>();
  for (const one of usable) named.set(one.name, [...(named.get(one.name) ?? []), one]);
  return [
    ...unusable.map(({ path, name }) =>
      refuse(
        'package-name',
        name === '' ? `${path} names no package` : `${JSON.stringify(name)} in ${path} is not the name of a package`,
        'tags of independent packages are made of their names',
        `write "name: some_package" in ${path}: letters, digits and _; commit that and run again`,
      ),
    ),
    ...[...named].flatMap(([name, [first, second]]) =>
      first === undefined || second === undefined
        ? []
        : refuse(
            'package-twice',
            `two packages are called ${name}`,
            `${first.path}\n${second.path}`,
            'rename one, or leave it out: release: { packages: { mode: independent, include: [...] } } in tagship.yaml',
          ),
    ),
  ];
}
