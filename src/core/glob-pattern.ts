/** `**` crosses folders, `*` and `?` do not; a pattern without a slash at its start may begin in any folder. */
export function globPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => GLOB[part] ?? part.replace(/[\\^$.+()[\]{}|]/g, '\\$&'))
    .join('');
  return new RegExp(`^(?:.*/)?${source}$`);
}

const GLOB: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
