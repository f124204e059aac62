import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Makes `folder` a PATH of its own: every program of this machine's PATH, but none of these names. */
export function programsWithout(names: readonly string[], folder: string): void {
  mkdirSync(folder);
  const taken = new Set(names);
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of programsIn(place)) {
      if (taken.has(name)) continue;
      symlinkSync(resolve(place, name), join(folder, name));
      taken.add(name);
    }
  }
}

function programsIn(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
