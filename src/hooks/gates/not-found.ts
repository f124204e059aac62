/** Shell status for a command that is not there (POSIX sh, 2.8.2). */
export const NOT_FOUND = 127;
