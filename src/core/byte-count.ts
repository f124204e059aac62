/** `12 kB`, `3.4 MB`: thousands, as Docker and disks are sold. */
export function byteCount(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
