/** `12 kB`, `3.4 MB`, `1.2 GB`: thousands, as Docker and disks are sold. */
export function byteCount(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
