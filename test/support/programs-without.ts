import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Makes `folder` a PATH of its own: every program of this machine's PATH, but none of these names. */
export function programsWithout(names: readonly string[], folder: string): string {
  mkdirSync(folder);
  const linked = new Set(names);
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of programsIn(place)) {
      if (linked.has(name)) continue;
      symlinkSync(join(place, name), join(folder, name));
      linked.add(name);
    }
  }
  return folder;
}

function programsIn(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
